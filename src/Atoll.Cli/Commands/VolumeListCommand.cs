using System.CommandLine;
using System.Globalization;
using Atoll.Cli.Invocation;
using Atoll.Cli.Output;
using Atoll.Client.Wire;

namespace Atoll.Cli.Commands;

/// <summary>Which volumes there are.</summary>
internal sealed class VolumeListCommand() : AtollCommand("ls", "List volumes and snapshots, newest first.", "atoll volume ls", "atoll volume ls --json | jq -r .id")
{
    public override async Task<int> RunAsync(ParseResult parse, CommandContext context, CancellationToken cancellation)
    {
        var table = new Table("VOLUME", "NAME", "KIND", "SIZE", "SANDBOXES", "AGE");
        await foreach (var volume in context.Client.Volumes.ListAsync(cancellation))
        {
            if (context.Output.Json)
            {
                context.Output.JsonLine(volume, AtollJson.Default.VolumeInfo);
                continue;
            }

            table.Row(
                volume.Id,
                volume.Name ?? Show.Nothing,
                volume.ReadOnly ? "snapshot" : "volume",
                volume.SizeMiB == 0 ? Show.Nothing : Show.MiB(volume.SizeMiB),
                (volume.Sandboxes?.Count ?? 0).ToString(CultureInfo.InvariantCulture),
                Show.Ago(volume.CreatedAt, context.Time));
        }

        if (!context.Output.Json) context.Output.Draw(table);
        return 0;
    }
}
