using System.CommandLine;
using Atoll.Client.Sandboxes;

namespace Atoll.Cli.Options;

/// <summary>A volume in a sandbox: <c>VOLUME:/path</c> or <c>VOLUME:/path:ro</c>, any number of times.</summary>
internal static class VolumeOption
{
    private const string ReadOnly = ":ro";
    private const string Writable = ":rw";

    public static Option<VolumeMountInfo[]> Create() => new("--volume", "-v")
    {
        Description = "A volume and where it appears, with :ro so that nothing can write to it there; any number of times",
        HelpName = "VOLUME:/path[:ro]",
        AllowMultipleArgumentsPerToken = false,
        Arity = ArgumentArity.ZeroOrMore,
        CustomParser = result =>
        {
            List<VolumeMountInfo> mounts = [];
            foreach (var token in result.Tokens)
            {
                if (Parse(token.Value) is { } mount) mounts.Add(mount);
                else result.AddError($"--volume: '{token.Value}' is not of the form VOLUME:/path or VOLUME:/path:ro.");
            }

            return [.. mounts];
        },
    };

    private static VolumeMountInfo? Parse(string text)
    {
        var colon = text.IndexOf(':');
        if (colon < 1 || colon + 1 >= text.Length || text[colon + 1] != '/') return null;
        var path = text[(colon + 1)..];
        var readOnly = path.EndsWith(ReadOnly, StringComparison.Ordinal);
        if (readOnly || path.EndsWith(Writable, StringComparison.Ordinal)) path = path[..^ReadOnly.Length];
        return path.Contains(':') ? null : new(text[..colon], path, readOnly);
    }
}
