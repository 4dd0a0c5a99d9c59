using Atoll.Client.Teams;

namespace Atoll.Cli.Output;

/// <summary>A team's quota and what it uses of it, as a table or lines.</summary>
internal static class TeamText
{
    public static void Write(CliOutput output, TeamInfo team)
    {
        output.Line(Safe.Line($"{team.Name}   {team.Id}"));
        var (quota, use) = (team.Quota ?? new(), team.Use ?? new(0, 0, 0, 0));
        var table = new Table("QUOTA", "USED", "LIMIT");
        table.Row("sandboxes", Show.Number(use.Sandboxes), Limit(quota.Sandboxes, Show.Number));
        table.Row("cpu", Show.Number(use.Cpu), Limit(quota.Cpu, Show.Number));
        table.Row("memory", Show.MiB(use.MemoryMiB), Limit(quota.MemoryMiB, size => Show.MiB((long)size)));
        table.Row("disk", Show.MiB(use.DiskMiB), Limit(quota.DiskMiB, size => Show.MiB((long)size)));
        table.Row("checkpoints", Show.Number(use.Checkpoints), Show.Nothing);
        table.Row("volumes", Show.Number(use.Volumes), Show.Nothing);
        table.Row("creates a minute", Show.Nothing, Limit(quota.CreatesPerMinute, Show.Number));
        output.Draw(table);
    }

    public static string Limit(double? value, Func<double, string> show) => value is null or 0 ? "none" : show(value.Value);
}
