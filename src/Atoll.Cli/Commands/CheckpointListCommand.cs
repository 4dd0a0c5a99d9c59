using System.CommandLine;
using Atoll.Cli.Invocation;
using Atoll.Cli.Options;
using Atoll.Cli.Output;
using Atoll.Client.Checkpoints;
using Atoll.Client.Wire;

namespace Atoll.Cli.Commands;

/// <summary>Which checkpoints there are, as the tree they form.</summary>
internal sealed class CheckpointListCommand : AtollCommand
{
    private readonly Argument<string?> _sandbox = SandboxArgument.Optional("Only this sandbox's: its name, its id, or the beginning of its id");

    public CheckpointListCommand()
        : base("ls", "List checkpoints as a tree, each below the one before it, oldest first.", "atoll checkpoint ls", "atoll checkpoint ls web", "atoll checkpoint ls --json | jq -r .id") => Add(_sandbox);

    public override async Task<int> RunAsync(ParseResult parse, CommandContext context, CancellationToken cancellation)
    {
        var sandbox = parse.GetValue(_sandbox) is { } given ? await context.FindIdAsync(given, cancellation) : null;
        var checkpoints = new List<CheckpointInfo>();
        await foreach (var checkpoint in context.Client.Checkpoints.ListAsync(sandbox, cancellation))
        {
            if (context.Output.Json) context.Output.JsonLine(checkpoint, AtollJson.Default.CheckpointInfo);
            else checkpoints.Add(checkpoint);
        }

        if (context.Output.Json) return 0;
        var table = new Table("CHECKPOINT", "NAME", "KIND", "SANDBOX", "AGE", "SIZE", "COMMENT");
        foreach (var (branch, checkpoint) in CheckpointTree.Lines(checkpoints))
        {
            table.Row(
                branch + checkpoint.Id,
                checkpoint.Name ?? Show.Nothing,
                checkpoint.Kind,
                checkpoint.Sandbox,
                Show.Ago(checkpoint.CreatedAt, context.Time),
                checkpoint.Unchanged ? "unchanged" : Show.Bytes(checkpoint.SizeBytes),
                checkpoint.Comment ?? "");
        }

        context.Output.Draw(table);
        return 0;
    }
}
