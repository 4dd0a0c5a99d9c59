namespace Atoll.Client.Files;

/// <param name="Mode">Octal digits.</param>
/// <param name="RawPath">In the place of <paramref name="Path"/>, where that is not all UTF-8.</param>
internal sealed record MakeDirectory(string? Path, string? Mode = null, string? RawPath = null)
{
    public static MakeDirectory At(string path, string? mode) => PathText.Raw(path) is { } raw ? new(null, mode, raw) : new(path, mode);
}
