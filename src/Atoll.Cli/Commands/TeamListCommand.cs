using System.CommandLine;
using Atoll.Cli.Invocation;
using Atoll.Cli.Output;
using Atoll.Client.Wire;

namespace Atoll.Cli.Commands;

/// <summary>Which teams there are.</summary>
internal sealed class TeamListCommand() : AtollCommand("ls", "List every team (needs the scope operator).", "atoll team ls")
{
    public override async Task<int> RunAsync(ParseResult parse, CommandContext context, CancellationToken cancellation)
    {
        var table = new Table("NAME", "ID", "SANDBOXES", "CPU", "MEMORY", "DISK", "CREATED");
        foreach (var team in await context.Client.Teams.ListAsync(cancellation))
        {
            if (context.Output.Json)
            {
                context.Output.JsonLine(team, AtollJson.Default.TeamInfo);
                continue;
            }

            var (quota, use) = (team.Quota ?? new(), team.Use ?? new(0, 0, 0, 0));
            table.Row(
                team.Name,
                team.Id,
                $"{use.Sandboxes}/{TeamText.Limit(quota.Sandboxes, Show.Number)}",
                $"{Show.Number(use.Cpu)}/{TeamText.Limit(quota.Cpu, Show.Number)}",
                $"{Show.MiB(use.MemoryMiB)}/{TeamText.Limit(quota.MemoryMiB, size => Show.MiB((long)size))}",
                $"{Show.MiB(use.DiskMiB)}/{TeamText.Limit(quota.DiskMiB, size => Show.MiB((long)size))}",
                Show.Time(team.CreatedAt));
        }

        if (!context.Output.Json) context.Output.Draw(table);
        return 0;
    }
}
