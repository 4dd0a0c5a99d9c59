using System.Collections.Immutable;

namespace Atoll.Core.Guests.Files;

/// <param name="Paths">1 to 1,000 regular files, each of at most 16 MiB.</param>
/// <param name="Regex">Search is a regular expression without backtracking, and the replacement may use <c>$1</c>.</param>
public sealed record FileReplaceRequest(ImmutableArray<string> Paths, string Search, string Replacement, bool Regex);
