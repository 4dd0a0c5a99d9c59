using System.CommandLine;
using System.Text;
using Atoll.Cli.Invocation;
using Atoll.Cli.Output;
using Atoll.Client.Metering;
using Atoll.Client.Wire;

namespace Atoll.Cli.Commands;

/// <summary>What was used, for accounts.</summary>
internal sealed class UsageCommand : AtollCommand
{
    private const double MiBSecondsOfGiBHour = 1024 * 3600;

    private readonly Option<string> _by = new("--by") { Description = "What one line is about: sandbox, team, hour or day", HelpName = "what", DefaultValueFactory = _ => "sandbox" };
    private readonly Option<string?> _start = new("--start") { Description = "From this hour on (default: 30 days before the end)", HelpName = "time" };
    private readonly Option<string?> _end = new("--end") { Description = "Up to this hour (default: now)", HelpName = "time" };
    private readonly Option<string?> _sandbox = new("--sandbox") { Description = "Only of this sandbox; one that has ended by its whole id", HelpName = "sandbox" };
    private readonly Option<bool> _csv = new("--csv") { Description = "Write CSV, with every figure" };
    private readonly Option<bool> _rates = new("--rates") { Description = "Show what a unit costs instead" };

    public UsageCommand()
        : base("usage", "Show what sandboxes used and what it costs, also of those that have ended.", "atoll usage", "atoll usage --by day --start 2026-01-01T00:00:00Z", "atoll usage --csv > usage.csv")
    {
        _by.AcceptOnlyFromAmong("sandbox", "team", "hour", "day");
        foreach (var option in (Option[])[_by, _start, _end, _sandbox, _csv, _rates]) Add(option);
    }

    public override async Task<int> RunAsync(ParseResult parse, CommandContext context, CancellationToken cancellation)
    {
        if (parse.GetValue(_rates)) return await RatesAsync(context, cancellation);
        UsageFilter filter = new(parse.GetValue(_start), parse.GetValue(_end), parse.GetValue(_sandbox) is { } given ? await IdAsync(context, given, cancellation) : null, parse.GetValue(_by));
        if (parse.GetValue(_csv))
        {
            await foreach (var text in context.Client.Usage.ReadCsvAsync(filter, cancellation)) context.Output.Bytes(Native.Descriptors.Stdout, Encoding.UTF8.GetBytes(text));
            return 0;
        }

        Table? table = null;
        await foreach (var page in context.Client.Usage.ReadAsync(filter, cancellation))
        {
            table ??= new(filter.GroupBy!.ToUpperInvariant(), "RUNNING", "CPU", "MEMORY", "RESERVED", "DISK", "OUT", "IN", "COST " + page.Currency);
            foreach (var line in page.Items)
            {
                if (context.Output.Json) context.Output.JsonLine(line, AtollJson.Default.UsageLineInfo);
                else Row(table, line);
            }
        }

        if (context.Output.Json) return 0;
        context.Output.Draw(table!);
        if (table!.IsEmpty) context.Output.ErrorLine("Nothing was used yet: what a sandbox uses is in accounts some seconds later.");
        return 0;
    }

    private static void Row(Table table, UsageLineInfo line) => table.Row(
        line.Sandbox ?? (line.At is null ? "all" : Show.Time(line.At)),
        Show.Span(TimeSpan.FromSeconds(line.RunningSeconds)),
        Show.Number(line.CpuSeconds) + "s",
        Show.Number(line.MemoryUsedMiBSeconds / MiBSecondsOfGiBHour) + " GiBh",
        Show.Number(line.MemoryReservedMiBSeconds / MiBSecondsOfGiBHour) + " GiBh",
        Show.Number(line.DiskMiBSeconds / MiBSecondsOfGiBHour) + " GiBh",
        Show.Bytes(line.EgressBytes),
        Show.Bytes(line.IngressBytes),
        line.Cost.Total.ToString(System.Globalization.CultureInfo.InvariantCulture));

    private static async Task<int> RatesAsync(CommandContext context, CancellationToken cancellation)
    {
        var rates = await context.Client.Usage.RatesAsync(cancellation);
        if (context.Output.Json)
        {
            context.Output.JsonLine(rates, AtollJson.Default.UsageRatesInfo);
            return 0;
        }

        var table = new Table("OF", rates.Currency);
        foreach (var (of, price) in ((string, decimal)[])
            [("a CPU second", rates.CpuSecond), (rates.MemoryReserved ? "a GiB-second of memory (limit)" : "a GiB-second of memory (in use)", rates.MemoryGiBSecond), ("a GiB-second of disk", rates.DiskGiBSecond), ("a GiB sent", rates.EgressGiB)])
        {
            table.Row(of, price.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }

        context.Output.Draw(table);
        return 0;
    }

    // One that has ended is in no list of names: its id is taken as it is.
    private static async Task<string> IdAsync(CommandContext context, string given, CancellationToken cancellation)
    {
        try
        {
            return await context.FindIdAsync(given, cancellation);
        }
        catch (AtollException failure) when (failure.Code is "sandbox_not_found" or "sandbox_ended")
        {
            return given;
        }
    }
}
