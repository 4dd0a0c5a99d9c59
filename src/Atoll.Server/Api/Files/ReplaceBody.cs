using System.Collections.Immutable;

namespace Atoll.Server.Api.Files;

/// <param name="Paths">1 to 1,000 files, those of <paramref name="RawPaths"/> included.</param>
/// <param name="Regex">Search is a regular expression; the replacement may use <c>$1</c>.</param>
/// <param name="RawPaths">Files by their paths' bytes in base64, which need not be UTF-8.</param>
internal sealed record ReplaceBody(string Search, string Replacement, ImmutableArray<string>? Paths = null, bool? Regex = null, ImmutableArray<string>? RawPaths = null);
