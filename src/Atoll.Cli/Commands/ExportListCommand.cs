using System.CommandLine;
using Atoll.Cli.Invocation;
using Atoll.Cli.Output;
using Atoll.Client.Wire;

namespace Atoll.Cli.Commands;

/// <summary>Which exports there are.</summary>
internal sealed class ExportListCommand() : AtollCommand("ls", "List the team's exports in the server's object store, newest first. Whoever knows a key can import the checkpoint.", "atoll export ls", "atoll export ls --json | jq -r .key")
{
    public override async Task<int> RunAsync(ParseResult parse, CommandContext context, CancellationToken cancellation)
    {
        var table = new Table("KEY", "NAME", "KIND", "SIZE", "AGE");
        await foreach (var export in context.Client.Exports.ListAsync(cancellation))
        {
            if (context.Output.Json) context.Output.JsonLine(export, AtollJson.Default.StoredExportInfo);
            else table.Row(export.Key, export.Name ?? Show.Nothing, export.Kind, Show.Bytes(export.SizeBytes), Show.Ago(export.CreatedAt, context.Time));
        }

        if (!context.Output.Json) context.Output.Draw(table);
        return 0;
    }
}
