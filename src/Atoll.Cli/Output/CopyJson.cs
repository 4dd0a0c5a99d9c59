using Atoll.Client.Files;

namespace Atoll.Cli.Output;

/// <param name="RawSource">In base64, where the source is not all UTF-8.</param>
internal sealed record CopyJson(string Source, string Destination, long Files, long Bytes, double Seconds, string? RawSource = null, string? RawDestination = null)
{
    public static CopyJson Of(string source, string destination, long files, long bytes, double seconds) =>
        new(PathText.Shown(source), PathText.Shown(destination), files, bytes, seconds, PathText.Raw(source), PathText.Raw(destination));
}
