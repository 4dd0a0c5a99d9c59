namespace Atoll.Server.Api.Files;

/// <param name="Parents">Make missing parents too, and take a directory that is there for success; true unless said otherwise.</param>
/// <param name="RawPath">In the place of <paramref name="Path"/>: its bytes in base64, which need not be UTF-8.</param>
internal sealed record MkdirBody(string? Path = null, bool? Parents = null, string? Mode = null, string? Owner = null, string? RawPath = null);
