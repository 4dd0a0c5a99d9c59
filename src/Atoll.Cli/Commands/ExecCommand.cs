using System.CommandLine;
using Atoll.Cli.Attaching;
using Atoll.Cli.Errors;
using Atoll.Cli.Invocation;
using Atoll.Cli.Options;
using Atoll.Cli.Output;
using Atoll.Client.Processes;

namespace Atoll.Cli.Commands;

/// <summary>A command in a sandbox that is there.</summary>
internal sealed class ExecCommand : AtollCommand
{
    private readonly StreamOptions _streams = new();
    private readonly Option<string?> _user = new("--user", "-u") { Description = "Who runs it", HelpName = "user" };
    private readonly Option<string?> _workdir = new("--workdir", "-w") { Description = "Where it starts", HelpName = "path" };
    private readonly Option<Dictionary<string, string>> _env = KeyValues.Option("--env", ["-e"], "Its environment; a bare KEY takes the value set here", fromEnvironment: true);
    private readonly Option<double?> _timeout = Quantities.Duration("--timeout", "It is ended after this long");
    private readonly Option<bool> _detach = new("--detach", "-d") { Description = "Start it and leave it running; its pid is printed" };
    private readonly Argument<string> _sandbox = SandboxArgument.Required();
    private readonly Argument<string[]> _command = CommandArgument.Required();

    public ExecCommand()
        : base(
            "exec",
            "Run a command in a sandbox. The exit status is the command's; Ctrl-C reaches it as SIGINT, a second one gives up.",
            "atoll exec web -- ls -l /",
            "atoll exec -u root -w /etc web -- cat shadow",
            "atoll exec -it web -- python3",
            "atoll exec -d web -- python3 -m http.server 8000")
    {
        _streams.AddTo(this);
        foreach (var option in (Option[])[_user, _workdir, _env, _timeout, _detach]) Add(option);
        Add(_sandbox);
        Add(_command);
    }

    public override bool PassesExitStatus => true;

    public override async Task<int> RunAsync(ParseResult parse, CommandContext context, CancellationToken cancellation)
    {
        var command = parse.GetRequiredValue(_command);
        // Everything after the sandbox is the command's, so an option there would be taken for a program.
        if (command[0].StartsWith('-')) throw new CliException(Codes.Usage, $"'{command[0]}' comes after the sandbox, so it would be the command.", "Put options before the sandbox: atoll exec [options] SANDBOX -- COMMAND");
        var sandbox = await context.FindIdAsync(parse.GetRequiredValue(_sandbox), cancellation);
        var request = new StartProcess
        {
            Argv = command,
            User = parse.GetValue(_user),
            Cwd = parse.GetValue(_workdir),
            Env = parse.GetValue(_env) is { Count: > 0 } env ? env : null,
            TimeoutSeconds = parse.GetValue(_timeout) is > 0 and var seconds ? seconds : null,
        };
        if (parse.GetValue(_detach)) return await DetachAsync(context, sandbox, request, cancellation);
        var (input, terminal) = _streams.Read(parse, context);
        return await new ProcessSession(context, sandbox).RunAsync(request, input, terminal, cancellation);
    }

    private static async Task<int> DetachAsync(CommandContext context, string sandbox, StartProcess request, CancellationToken cancellation)
    {
        var process = await context.Client.Processes(sandbox).StartAsync(request, cancellation);
        if (context.Output.Json) context.Output.JsonLine(new StartedJson(sandbox, process.Pid), CliJson.Default.StartedJson);
        else context.Output.Line(FormattableString.Invariant($"{process.Pid}"));
        return 0;
    }
}
