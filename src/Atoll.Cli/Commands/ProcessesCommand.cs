using System.CommandLine;
using Atoll.Cli.Invocation;
using Atoll.Cli.Options;
using Atoll.Cli.Output;
using Atoll.Client.Wire;

namespace Atoll.Cli.Commands;

/// <summary>What runs in a sandbox.</summary>
internal sealed class ProcessesCommand : AtollCommand
{
    private readonly Option<bool> _all = new("--all", "-a") { Description = "Those that have lately ended too" };
    private readonly Argument<string> _sandbox = SandboxArgument.Required();

    public ProcessesCommand()
        : base("ps", "List the processes that were started in a sandbox, oldest first.", "atoll ps web", "atoll ps -a web --json")
    {
        Add(_all);
        Add(_sandbox);
    }

    public override async Task<int> RunAsync(ParseResult parse, CommandContext context, CancellationToken cancellation)
    {
        var sandbox = await context.FindIdAsync(parse.GetRequiredValue(_sandbox), cancellation);
        var processes = await context.Client.Processes(sandbox).ListAsync(cancellation);
        var table = new Table("PID", "STATE", "USER", "AGE", "OUTPUT", "COMMAND");
        foreach (var process in processes.Where(process => process.EndedAt is null || parse.GetValue(_all)))
        {
            if (context.Output.Json)
            {
                context.Output.JsonLine(process, AtollJson.Default.ProcessInfo);
                continue;
            }

            table.Row(
                FormattableString.Invariant($"{process.Pid}"),
                process.EndedAt is null ? "running" : process.TimedOut == true ? "timed out" : FormattableString.Invariant($"exited {process.ExitCode}"),
                process.User ?? Show.Nothing,
                Show.Ago(process.StartedAt, context.Time),
                Show.Bytes(process.OutputEnd),
                string.Join(' ', process.Argv ?? []));
        }

        if (!context.Output.Json) context.Output.Draw(table);
        return 0;
    }
}
