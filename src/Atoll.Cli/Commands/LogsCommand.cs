using System.CommandLine;
using Atoll.Cli.Invocation;
using Atoll.Cli.Options;
using Atoll.Cli.Output;
using Atoll.Client.Wire;

namespace Atoll.Cli.Commands;

/// <summary>A sandbox's journal.</summary>
internal sealed class LogsCommand : AtollCommand
{
    private readonly Option<bool> _follow = new("--follow", "-f") { Description = "Stay, and show new lines as they come" };
    private readonly Option<long> _after = new("--after") { Description = "Only lines after this number", HelpName = "number" };
    private readonly Argument<string> _sandbox = SandboxArgument.Required();

    public LogsCommand()
        : base("logs", "Show a sandbox's journal: processes started and ended, signals, what its process 1 noticed.", "atoll logs web", "atoll logs -f web --json")
    {
        Add(_follow);
        Add(_after);
        Add(_sandbox);
    }

    public override async Task<int> RunAsync(ParseResult parse, CommandContext context, CancellationToken cancellation)
    {
        var sandbox = await context.FindIdAsync(parse.GetRequiredValue(_sandbox), cancellation);
        await foreach (var line in context.Client.Sandboxes.LogsAsync(sandbox, parse.GetValue(_after), parse.GetValue(_follow), cancellation))
        {
            if (context.Output.Json) context.Output.JsonLine(line, AtollJson.Default.LogLine);
            else context.Output.Line($"{Show.Time(line.At)}  {(line.Pid is { } pid ? FormattableString.Invariant($"[{pid}] ") : "")}{Safe.Line(line.Message)}");
        }

        return 0;
    }
}
