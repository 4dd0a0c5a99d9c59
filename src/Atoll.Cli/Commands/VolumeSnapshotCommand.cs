using System.CommandLine;
using Atoll.Cli.Invocation;
using Atoll.Cli.Options;
using Atoll.Client.Wire;

namespace Atoll.Cli.Commands;

/// <summary>Keeps a volume as it is.</summary>
internal sealed class VolumeSnapshotCommand : AtollCommand
{
    private readonly Argument<string> _volume = VolumeArgument.Required();
    private readonly Option<string?> _name = VolumeArgument.Name();

    public VolumeSnapshotCommand()
        : base("snapshot", "Keep a volume as it is now, also while it is mounted, and print the snapshot's id. A snapshot is a volume that can only be read.", "atoll volume snapshot data", "atoll volume snapshot data --name monday", "atoll create --volume monday:/data:ro")
    {
        Add(_volume);
        Add(_name);
    }

    public override async Task<int> RunAsync(ParseResult parse, CommandContext context, CancellationToken cancellation)
    {
        var made = await context.Client.Volumes.SnapshotAsync(parse.GetRequiredValue(_volume), parse.GetValue(_name), cancellation);
        if (context.Output.Json) context.Output.JsonLine(made, AtollJson.Default.VolumeInfo);
        else context.Output.Line(made.Id);
        return 0;
    }
}
