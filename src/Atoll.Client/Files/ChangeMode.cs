namespace Atoll.Client.Files;

/// <param name="RawPath">In the place of <paramref name="Path"/>, where that is not all UTF-8.</param>
internal sealed record ChangeMode(string? Path, string Mode, bool? Recursive = null, string? RawPath = null)
{
    public static ChangeMode At(string path, string mode) => PathText.Raw(path) is { } raw ? new(null, mode, null, raw) : new(path, mode);
}
