namespace Atoll.Server.Api.Files;

/// <param name="Recursive">Copy a directory with all that is in it.</param>
/// <param name="RawFrom">In the place of <paramref name="From"/>: its bytes in base64, which need not be UTF-8.</param>
/// <param name="RawTo">In the place of <paramref name="To"/>, likewise.</param>
internal sealed record CopyBody(string? From = null, string? To = null, bool? Recursive = null, bool? Overwrite = null, string? RawFrom = null, string? RawTo = null);
