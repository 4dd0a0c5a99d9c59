namespace Atoll.Client.Files;

/// <param name="Mode">Octal digits.</param>
internal sealed record MakeDirectory(string Path, string? Mode = null);
