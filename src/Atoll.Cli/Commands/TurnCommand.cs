using System.CommandLine;
using Atoll.Cli.Copying;
using Atoll.Cli.Errors;
using Atoll.Cli.Invocation;
using Atoll.Cli.Output;
using Atoll.Client;
using Atoll.Client.Checkpoints;
using Atoll.Client.Sandboxes;
using Atoll.Client.Wire;

namespace Atoll.Cli.Commands;

/// <summary>Puts sandboxes to sleep, or wakes them: one command for each way.</summary>
internal sealed class TurnCommand : AtollCommand
{
    private readonly Argument<string[]> _sandboxes = new("sandbox") { Description = "Sandboxes: names, ids, or beginnings of ids", Arity = ArgumentArity.OneOrMore };
    private readonly string _doing;
    private readonly Func<SandboxesClient, string, Action<TransferInfo>, CancellationToken, Task<SandboxInfo>> _turn;

    private TurnCommand(string name, string description, string doing, Func<SandboxesClient, string, Action<TransferInfo>, CancellationToken, Task<SandboxInfo>> turn, params string[] examples)
        : base(name, description + " Each that could not be is told, the others are.", examples)
    {
        (_doing, _turn) = (doing, turn);
        Add(_sandboxes);
    }

    public static TurnCommand[] All =>
    [
        new("pause", "Have sandboxes stand still: nothing in them runs, their memory stays where it is.", "pausing", (client, id, _, token) => client.PauseAsync(id, token), "atoll pause web", "atoll pause web db"),
        new("resume", "Have sandboxes run again, whatever way they sleep.", "resuming", (client, id, _, token) => client.ResumeAsync(id, token), "atoll resume web"),
        new("suspend", "Save the memory and processes of sandboxes, and free them.", "suspending", (client, id, _, token) => client.SuspendAsync(id, token), "atoll suspend web"),
        new("wake", "Have sandboxes run again, whatever way they sleep: resume by another name.", "waking", (client, id, progress, token) => client.StartAsync(id, progress, token), "atoll wake web"),
        new("stop", "End the processes of sandboxes and keep their disks.", "stopping", (client, id, _, token) => client.StopAsync(id, token), "atoll stop web", "atoll ls -q | xargs atoll stop"),
        new("start", "Start stopped sandboxes on the disks they have, archived ones on those that come back.", "starting", (client, id, progress, token) => client.StartAsync(id, progress, token), "atoll start web"),
        new("archive", "Put the disks of sandboxes into the server's object store and free them here; what runs in them ends. Start brings them back.", "archiving", (client, id, progress, token) => client.ArchiveAsync(id, progress, token), "atoll archive web", "atoll ls -q --state stopped | xargs atoll archive"),
    ];

    public override async Task<int> RunAsync(ParseResult parse, CommandContext context, CancellationToken cancellation)
    {
        var exit = ExitCode.Success;
        Transfer? moving = null;
        await using var wait = context.Output.Json ? null : new Spinner(context.Output, context.Time, () => moving is { Bytes: > 0 } now ? $"{_doing}  {now.Describe()}" : _doing);
        foreach (var given in parse.GetRequiredValue(_sandboxes))
        {
            try
            {
                var transfer = moving = new(context.Time);
                var turned = await _turn(context.Client.Sandboxes, await context.FindIdAsync(given, cancellation), transfer.Follow, cancellation);
                if (context.Output.Json) context.Output.JsonLine(turned, AtollJson.Default.SandboxInfo);
                else context.Output.Line(turned.Id);
            }
            catch (AtollException failure) when (failure.Status is not null)
            {
                var told = Failure.From(failure, given, exec: false);
                FailureReport.Write(context.Output, told);
                exit = exit == ExitCode.Success ? told.ExitCode : exit;
            }
        }

        return exit;
    }
}
