using System.CommandLine;
using Atoll.Cli.Invocation;
using Atoll.Cli.Options;
using Atoll.Client.Sandboxes;
using Atoll.Client.Wire;

namespace Atoll.Cli.Commands;

/// <summary>Puts a sandbox back to a checkpoint.</summary>
internal sealed class CheckpointRestoreCommand : AtollCommand
{
    private readonly Argument<string> _sandbox = SandboxArgument.Required();
    private readonly Argument<string> _checkpoint = new("checkpoint") { Description = "A checkpoint's id, or the name it has among this sandbox's" };

    public CheckpointRestoreCommand()
        : base(
            "restore",
            "Put a sandbox back to a checkpoint: its processes end, its disk is as it was then (and with a checkpoint made with --full its memory and processes), and it runs again with the same id, name and address. What it did since is lost unless you save it first.",
            "atoll checkpoint restore web before-upgrade")
    {
        Add(_sandbox);
        Add(_checkpoint);
    }

    public override async Task<int> RunAsync(ParseResult parse, CommandContext context, CancellationToken cancellation)
    {
        SandboxInfo restored;
        await using (context.Wait("restoring"))
        {
            var sandbox = await context.FindIdAsync(parse.GetRequiredValue(_sandbox), cancellation);
            restored = await context.Client.Checkpoints.RestoreAsync(sandbox, parse.GetRequiredValue(_checkpoint), cancellation);
        }

        if (context.Output.Json) context.Output.JsonLine(restored, AtollJson.Default.SandboxInfo);
        else context.Output.Line(restored.Id);
        return 0;
    }
}
