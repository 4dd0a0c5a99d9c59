using System.CommandLine;
using Atoll.Cli.Attaching;
using Atoll.Cli.Invocation;
using Atoll.Cli.Options;
using Atoll.Client.Processes;

namespace Atoll.Cli.Commands;

/// <summary>A terminal in a sandbox.</summary>
internal sealed class ShellCommand : AtollCommand
{
    // bash where the template has it. "exec" so that the shell's exit status and signals are the process's own.
    private static readonly string[] Shell = ["/bin/sh", "-c", "if command -v bash >/dev/null 2>&1; then exec bash -l; else exec sh -l; fi"];

    private readonly SandboxOptions _new = new();
    private readonly Option<bool> _keep = new("--keep") { Description = "Keep the sandbox that was made for this shell" };
    private readonly Argument<string?> _sandbox = SandboxArgument.Optional("A sandbox: its name, its id, or the beginning of its id; without one, a sandbox is made for this shell and removed after it");

    public ShellCommand()
        : base(
            "shell",
            "Open a shell in a sandbox: a real terminal, with its exit status.",
            "atoll shell web",
            "atoll shell --isolation gvisor --memory 2g",
            "atoll shell --keep --name lab")
    {
        _new.AddTo(this);
        Add(_keep);
        Add(_sandbox);
    }

    public override bool PassesExitStatus => true;

    public override async Task<int> RunAsync(ParseResult parse, CommandContext context, CancellationToken cancellation)
    {
        if (parse.GetValue(_sandbox) is { } given) return await OpenAsync(parse, context, await context.FindIdAsync(given, cancellation), existing: true, cancellation);
        await using var sandbox = await TemporarySandbox.CreateAsync(context, _new.Request(parse), parse.GetValue(_keep), cancellation);
        return await OpenAsync(parse, context, sandbox.Id, existing: false, cancellation);
    }

    private Task<int> OpenAsync(ParseResult parse, CommandContext context, string sandbox, bool existing, CancellationToken cancellation)
    {
        var wanted = existing ? _new.Request(parse) : new();
        var request = new StartProcess { Argv = Shell, User = wanted.User, Cwd = wanted.Workdir, Env = TerminalEnv(wanted.Env) };
        return new ProcessSession(context, sandbox).RunAsync(request, input: true, terminal: true, cancellation);
    }

    // Programs inside draw for the terminal that is outside.
    private static Dictionary<string, string> TerminalEnv(IReadOnlyDictionary<string, string>? asked)
    {
        var env = asked is null ? [] : new Dictionary<string, string>(asked);
        if (Environment.GetEnvironmentVariable("TERM") is { Length: > 0 } term) env.TryAdd("TERM", term);
        return env;
    }
}
