using System.Collections.Immutable;

namespace Atoll.Server.Api.Files;

/// <param name="Paths">1 to 1,000 files.</param>
/// <param name="Regex">Search is a regular expression; the replacement may use <c>$1</c>.</param>
internal sealed record ReplaceBody(ImmutableArray<string> Paths, string Search, string Replacement, bool? Regex = null);
