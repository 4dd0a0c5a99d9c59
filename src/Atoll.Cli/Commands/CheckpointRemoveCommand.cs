using System.CommandLine;
using Atoll.Cli.Invocation;

namespace Atoll.Cli.Commands;

/// <summary>Deletes checkpoints.</summary>
internal sealed class CheckpointRemoveCommand : AtollCommand
{
    private readonly Argument<string[]> _ids = new("checkpoint") { Description = "Checkpoints' ids", Arity = ArgumentArity.OneOrMore };

    public CheckpointRemoveCommand()
        : base("rm", "Delete checkpoints. Those after them, and sandboxes made from them, stay. Each that could not be deleted is told, the others are deleted.", "atoll checkpoint rm c0a1b2c3d4e5f6g7h8i9j") => Add(_ids);

    public override Task<int> RunAsync(ParseResult parse, CommandContext context, CancellationToken cancellation) =>
        Removals.EachAsync(context, parse.GetRequiredValue(_ids), one => context.Client.Checkpoints.DeleteAsync(one, cancellation));
}
