using System.CommandLine;
using Atoll.Cli.Invocation;
using Atoll.Cli.Options;
using Atoll.Cli.Output;

namespace Atoll.Cli.Commands;

/// <summary>Sends a signal to a process in a sandbox.</summary>
internal sealed class KillCommand : AtollCommand
{
    private readonly Option<string> _signal = new("--signal", "-s") { Description = "Its name or number", HelpName = "signal", DefaultValueFactory = _ => "SIGTERM" };
    private readonly Option<bool> _alone = new("--alone") { Description = "To the process alone, not to its group" };
    private readonly Argument<string> _sandbox = SandboxArgument.Required();
    private readonly Argument<int> _pid = new("pid") { Description = "A process, as atoll ps shows it" };

    public KillCommand()
        : base("kill", "Send a signal to a process in a sandbox and what it has started. (A whole sandbox ends with: atoll rm)", "atoll kill web 42", "atoll kill -s SIGKILL web 42")
    {
        _signal.CompletionSources.Add("SIGTERM", "SIGKILL", "SIGINT", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGSTOP", "SIGCONT");
        foreach (var option in (Option[])[_signal, _alone]) Add(option);
        Add(_sandbox);
        Add(_pid);
    }

    public override async Task<int> RunAsync(ParseResult parse, CommandContext context, CancellationToken cancellation)
    {
        var sandbox = await context.FindIdAsync(parse.GetRequiredValue(_sandbox), cancellation);
        var (pid, given) = (parse.GetValue(_pid), parse.GetValue(_signal)!.ToUpperInvariant());
        var signal = char.IsAsciiDigit(given[0]) || given.StartsWith("SIG", StringComparison.Ordinal) ? given : "SIG" + given;
        await context.Client.Processes(sandbox).SignalAsync(pid, signal, group: !parse.GetValue(_alone), cancellation);
        if (context.Output.Json) context.Output.JsonLine(new SignalledJson(sandbox, pid, signal), CliJson.Default.SignalledJson);
        return 0;
    }
}
