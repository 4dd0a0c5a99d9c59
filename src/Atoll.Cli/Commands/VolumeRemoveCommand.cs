using System.CommandLine;
using Atoll.Cli.Invocation;
using Atoll.Cli.Options;

namespace Atoll.Cli.Commands;

/// <summary>Deletes volumes.</summary>
internal sealed class VolumeRemoveCommand : AtollCommand
{
    private readonly Argument<string[]> _volumes = VolumeArgument.Several();

    public VolumeRemoveCommand()
        : base("rm", "Delete volumes with all that is in them. Their snapshots and clones stay. Each that could not be deleted (a sandbox has it mounted) is told, the others are deleted.", "atoll volume rm data") => Add(_volumes);

    public override Task<int> RunAsync(ParseResult parse, CommandContext context, CancellationToken cancellation) =>
        Removals.EachAsync(context, parse.GetRequiredValue(_volumes), one => context.Client.Volumes.DeleteAsync(one, cancellation));
}
