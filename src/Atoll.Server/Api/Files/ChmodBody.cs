namespace Atoll.Server.Api.Files;

/// <param name="Mode">Octal digits, such as <c>0755</c>.</param>
/// <param name="RawPath">In the place of <paramref name="Path"/>: its bytes in base64, which need not be UTF-8.</param>
internal sealed record ChmodBody(string Mode, string? Path = null, bool? Recursive = null, string? RawPath = null);
