using System.CommandLine;
using Atoll.Cli.Invocation;
using Atoll.Cli.Options;
using Atoll.Cli.Output;
using Atoll.Client.Volumes;
using Atoll.Client.Wire;

namespace Atoll.Cli.Commands;

/// <summary>All that is known of a volume.</summary>
internal sealed class VolumeInspectCommand : AtollCommand
{
    private readonly Argument<string> _volume = VolumeArgument.Required();

    public VolumeInspectCommand() : base("inspect", "Show all that is known of a volume: what it holds, who has it mounted.", "atoll volume inspect data", "atoll volume inspect data --json | jq .usedBytes") => Add(_volume);

    public override async Task<int> RunAsync(ParseResult parse, CommandContext context, CancellationToken cancellation)
    {
        var volume = await context.Client.Volumes.GetAsync(parse.GetRequiredValue(_volume), cancellation);
        if (context.Output.Json)
        {
            context.Output.JsonLine(volume, AtollJson.Default.VolumeInfo);
            return 0;
        }

        foreach (var (label, value) in Lines(volume, context.Time))
        {
            if (value is not null) context.Output.Line($"{label,-12} {Safe.Line(value)}");
        }

        return 0;
    }

    private static IEnumerable<(string Label, string? Value)> Lines(VolumeInfo volume, TimeProvider time)
    {
        yield return ("id", volume.Id);
        yield return ("name", volume.Name);
        yield return ("kind", volume.ReadOnly ? "snapshot" : "volume");
        yield return ("size", volume.SizeMiB == 0 ? null : Show.MiB(volume.SizeMiB));
        yield return ("used", volume.UsedBytes is { } used ? Show.Bytes(used) : null);
        yield return ("source", volume.Source);
        yield return ("shared", volume.SharedBytes == 0 ? null : Show.Bytes(volume.SharedBytes));
        foreach (var sandbox in volume.Sandboxes ?? []) yield return ("sandbox", sandbox);
        yield return ("node", volume.Node);
        yield return ("created", $"{Show.Time(volume.CreatedAt)} ({Show.Ago(volume.CreatedAt, time)} ago)");
    }
}
