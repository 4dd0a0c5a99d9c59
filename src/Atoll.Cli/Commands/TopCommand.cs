using System.CommandLine;
using Atoll.Cli.Invocation;
using Atoll.Cli.Options;
using Atoll.Cli.Output;
using Atoll.Client.Sandboxes;
using Atoll.Client.Wire;

namespace Atoll.Cli.Commands;

/// <summary>What sandboxes use, live.</summary>
internal sealed class TopCommand : AtollCommand
{
    // More than fit on a screen would only slow the server.
    private const int MostShown = 200;

    // The server samples about this often; the newest two samples are enough for a rate.
    private static readonly TimeSpan LookBack = TimeSpan.FromMinutes(1);

    private readonly Option<double> _interval = new("--interval") { Description = "Seconds between two looks", HelpName = "seconds", DefaultValueFactory = _ => 2 };
    private readonly Option<int?> _count = new("--count", "-n") { Description = "End after so many looks (one, where stdout is no terminal)", HelpName = "count" };
    private readonly Argument<string?> _sandbox = SandboxArgument.Optional("Only this sandbox");

    public TopCommand()
        : base("top", "Show what running sandboxes use: a live table on a terminal, one look elsewhere.", "atoll top", "atoll top web --interval 5", "atoll top -n 3 --json")
    {
        _interval.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double>() is not (>= 0.2 and <= 3600)) result.AddError("--interval: from 0.2 to 3600 seconds.");
        });
        Add(_interval);
        Add(_count);
        Add(_sandbox);
    }

    public override async Task<int> RunAsync(ParseResult parse, CommandContext context, CancellationToken cancellation)
    {
        var only = parse.GetValue(_sandbox) is { } given ? await context.FindIdAsync(given, cancellation) : null;
        var looks = parse.GetValue(_count) ?? (context.Output.StdoutIsTerminal ? int.MaxValue : 1);
        for (var look = 1; ; look++)
        {
            await LookAsync(context, only, clear: context.Output.StdoutIsTerminal && looks > 1, cancellation);
            if (look >= looks) return 0;
            await Task.Delay(TimeSpan.FromSeconds(parse.GetValue(_interval)), context.Time, cancellation);
        }
    }

    private static async Task LookAsync(CommandContext context, string? only, bool clear, CancellationToken cancellation)
    {
        var rows = new List<UsageJson>();
        await foreach (var sandbox in SandboxesAsync(context, only, cancellation))
        {
            if (await UsageAsync(context, sandbox, cancellation) is { } usage) rows.Add(usage);
            if (rows.Count == MostShown) break;
        }

        if (context.Output.Json)
        {
            foreach (var row in rows) context.Output.JsonLine(row, CliJson.Default.UsageJson);
            return;
        }

        var table = new Table("NAME", "ID", "CPU", "MEMORY", "OF", "PROCESSES", "DISK", "IN", "OUT");
        foreach (var row in rows.OrderByDescending(row => row.CpuPercent ?? 0))
        {
            table.Row(
                row.Name ?? Show.Nothing,
                row.Id,
                row.CpuPercent is { } cpu ? Show.Number(cpu) + "%" : Show.Nothing,
                Show.Bytes(row.MemoryBytes),
                Show.Bytes(row.MemoryLimitBytes),
                Show.Number(row.Processes),
                Show.Bytes(row.DiskBytes),
                Show.Bytes(row.ReceivedBytes),
                Show.Bytes(row.SentBytes));
        }

        if (clear) context.Output.Bytes(Native.Descriptors.Stdout, "\e[H\e[2J"u8);
        context.Output.Draw(table);
    }

    private static async IAsyncEnumerable<SandboxInfo> SandboxesAsync(CommandContext context, string? only, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        if (only is not null)
        {
            yield return await context.Client.Sandboxes.GetAsync(only, cancellation);
            yield break;
        }

        await foreach (var sandbox in context.Client.Sandboxes.ListAsync(new() { States = ["running"] }, cancellation)) yield return sandbox;
    }

    private static async Task<UsageJson?> UsageAsync(CommandContext context, SandboxInfo sandbox, CancellationToken cancellation)
    {
        try
        {
            var samples = await context.Client.Sandboxes.UsageAsync(sandbox.Id, context.Time.GetUtcNow() - LookBack, cancellation);
            if (samples.Count == 0) return null;
            var (last, before) = (samples[^1], samples.Count > 1 ? samples[^2] : null);
            double? cpu = before is not null && last.At > before.At ? Math.Max(0, (last.CpuSeconds - before.CpuSeconds) / (last.At - before.At).TotalSeconds * 100) : null;
            return new(sandbox.Id, sandbox.Name, last.At, cpu, last.MemoryBytes, sandbox.MemoryMiB * 1024 * 1024, last.Processes, last.DiskBytes, last.ReceivedBytes, last.SentBytes);
        }
        catch (AtollException failure) when (failure.Code is "sandbox_not_found" or "sandbox_ended")
        {
            // It ended between the list and this look.
            return null;
        }
    }
}
