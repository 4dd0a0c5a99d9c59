using System.CommandLine;
using Atoll.Cli.Attaching;
using Atoll.Cli.Invocation;
using Atoll.Cli.Options;
using Atoll.Cli.Output;

namespace Atoll.Cli.Commands;

/// <summary>A sandbox for one command.</summary>
internal sealed class RunCommand : AtollCommand
{
    private readonly SandboxOptions _sandbox = new();
    private readonly StreamOptions _streams = new();
    private readonly Option<bool> _keep = new("--keep") { Description = "Keep the sandbox when the command has ended" };
    private readonly Option<bool> _timing = new("--timing") { Description = "Say on stderr how long creating the sandbox and running the command took" };
    private readonly Argument<string[]> _command = CommandArgument.Required();

    public RunCommand()
        : base(
            "run",
            "Create a sandbox, run a command in it, and remove it. The exit status is the command's.",
            "atoll run -- python3 -c 'print(1)'",
            "atoll run --isolation container --memory 512m -- make test",
            "cat data.csv | atoll run -- python3 -c 'import sys; print(len(sys.stdin.read()))'",
            "atoll run -it -- bash")
    {
        _sandbox.AddTo(this);
        _streams.AddTo(this);
        Add(_keep);
        Add(_timing);
        Add(_command);
    }

    public override bool PassesExitStatus => true;

    public override async Task<int> RunAsync(ParseResult parse, CommandContext context, CancellationToken cancellation)
    {
        var (input, terminal) = _streams.Read(parse, context);
        var began = context.Time.GetTimestamp();
        await using var sandbox = await TemporarySandbox.CreateAsync(context, _sandbox.Request(parse), parse.GetValue(_keep), cancellation);
        var created = context.Time.GetTimestamp();
        var exit = await new ProcessSession(context, sandbox.Id).RunAsync(new() { Argv = parse.GetRequiredValue(_command) }, input, terminal, cancellation);
        if (parse.GetValue(_timing)) TellTiming(context, context.Time.GetElapsedTime(began, created), context.Time.GetElapsedTime(created));
        return exit;
    }

    private static void TellTiming(CommandContext context, TimeSpan create, TimeSpan exec)
    {
        if (context.Output.Json) context.Output.JsonLine(new StreamJson("timing") { CreateMs = create.TotalMilliseconds, ExecMs = exec.TotalMilliseconds }, StreamJsonContext.Default.StreamJson);
        else context.Output.ErrorLine(FormattableString.Invariant($"created in {create.TotalMilliseconds:0} ms, ran in {exec.TotalMilliseconds:0} ms"));
    }
}
