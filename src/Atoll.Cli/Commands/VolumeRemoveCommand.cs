using System.CommandLine;
using Atoll.Cli.Errors;
using Atoll.Cli.Invocation;
using Atoll.Cli.Options;
using Atoll.Cli.Output;
using Atoll.Client.Wire;

namespace Atoll.Cli.Commands;

/// <summary>Deletes volumes.</summary>
internal sealed class VolumeRemoveCommand : AtollCommand
{
    private readonly Argument<string[]> _volumes = VolumeArgument.Several();

    public VolumeRemoveCommand()
        : base("rm", "Delete volumes with all that is in them. Their snapshots and clones stay. Each that could not be deleted (a sandbox has it mounted) is told, the others are deleted.", "atoll volume rm data") => Add(_volumes);

    public override async Task<int> RunAsync(ParseResult parse, CommandContext context, CancellationToken cancellation)
    {
        var exit = ExitCode.Success;
        foreach (var volume in parse.GetRequiredValue(_volumes))
        {
            try
            {
                await context.Client.Volumes.DeleteAsync(volume, cancellation);
                if (context.Output.Json) context.Output.JsonLine(new RemovedJson(volume, true), CliJson.Default.RemovedJson);
                else context.Output.Line(Safe.Line(volume));
            }
            catch (AtollException failure) when (failure.Status is not null)
            {
                var told = Failure.From(failure, null, exec: false);
                FailureReport.Write(context.Output, told);
                exit = exit == ExitCode.Success ? told.ExitCode : exit;
            }
        }

        return exit;
    }
}
