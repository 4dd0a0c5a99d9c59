namespace Atoll.Core.Guests.Files;

/// <summary>What to find below a directory.</summary>
/// <param name="NamePattern">A glob on names, or null for every one.</param>
/// <param name="Text">Lines that hold this text; null finds entries by name alone. Only regular files of at most 16 MiB without NUL in the first 8 KiB are searched.</param>
/// <param name="Regex">The text is a regular expression (no backtracking, so that none can hang).</param>
/// <param name="MaxMatches">1 to 10,000.</param>
public sealed record FileQuery(string Path, string? NamePattern, string? Text, bool Regex, bool IgnoreCase, int MaxMatches);
