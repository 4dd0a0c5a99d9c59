namespace Atoll.Server.Api.Files;

/// <param name="Overwrite">Replace a file that is there; false unless said otherwise.</param>
/// <param name="RawFrom">In the place of <paramref name="From"/>: its bytes in base64, which need not be UTF-8.</param>
/// <param name="RawTo">In the place of <paramref name="To"/>, likewise.</param>
internal sealed record MoveBody(string? From = null, string? To = null, bool? Overwrite = null, string? RawFrom = null, string? RawTo = null);
