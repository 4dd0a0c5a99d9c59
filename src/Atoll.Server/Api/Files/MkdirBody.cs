namespace Atoll.Server.Api.Files;

/// <param name="Parents">Make missing parents too, and take a directory that is there for success; true unless said otherwise.</param>
internal sealed record MkdirBody(string Path, bool? Parents = null, string? Mode = null, string? Owner = null);
