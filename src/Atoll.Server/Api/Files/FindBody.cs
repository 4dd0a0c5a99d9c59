namespace Atoll.Server.Api.Files;

/// <param name="Name">A glob on names.</param>
/// <param name="Text">Find lines that hold this; left out, entries are found by name alone.</param>
/// <param name="Limit">1 to 10,000 matches; 1,000 unless said otherwise.</param>
/// <param name="RawPath">In the place of <paramref name="Path"/>: its bytes in base64, which need not be UTF-8.</param>
internal sealed record FindBody(string? Path = null, string? Name = null, string? Text = null, bool? Regex = null, bool? IgnoreCase = null, int? Limit = null, string? RawPath = null);
