using System.CommandLine;
using Atoll.Cli.Errors;
using Atoll.Cli.Invocation;
using Atoll.Cli.Output;
using Atoll.Client.Wire;

namespace Atoll.Cli.Commands;

/// <summary>Deletes checkpoints.</summary>
internal sealed class CheckpointRemoveCommand : AtollCommand
{
    private readonly Argument<string[]> _ids = new("checkpoint") { Description = "Checkpoints' ids", Arity = ArgumentArity.OneOrMore };

    public CheckpointRemoveCommand()
        : base("rm", "Delete checkpoints. Those after them, and sandboxes made from them, stay. Each that could not be deleted is told, the others are deleted.", "atoll checkpoint rm c0a1b2c3d4e5f6g7h8i9j") => Add(_ids);

    public override async Task<int> RunAsync(ParseResult parse, CommandContext context, CancellationToken cancellation)
    {
        var exit = ExitCode.Success;
        foreach (var id in parse.GetRequiredValue(_ids))
        {
            try
            {
                await context.Client.Checkpoints.DeleteAsync(id, cancellation);
                if (context.Output.Json) context.Output.JsonLine(new RemovedJson(id, true), CliJson.Default.RemovedJson);
                else context.Output.Line(Safe.Line(id));
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
