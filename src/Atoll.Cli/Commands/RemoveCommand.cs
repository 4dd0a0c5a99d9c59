using System.CommandLine;
using Atoll.Cli.Errors;
using Atoll.Cli.Invocation;
using Atoll.Cli.Output;
using Atoll.Client.Wire;

namespace Atoll.Cli.Commands;

/// <summary>Ends sandboxes for good.</summary>
internal sealed class RemoveCommand : AtollCommand
{
    private readonly Option<bool> _force = new("--force", "-f") { Description = "One that is not there is no failure" };
    private readonly Argument<string[]> _sandboxes = new("sandbox") { Description = "Sandboxes: names, ids, or beginnings of ids", Arity = ArgumentArity.OneOrMore };

    public RemoveCommand()
        : base("rm", "Remove sandboxes with all that is in them. Each that could not be removed is told, the others are removed.", "atoll rm web", "atoll rm -f web db", "atoll ls -q | xargs atoll rm")
    {
        Add(_force);
        Add(_sandboxes);
    }

    public override async Task<int> RunAsync(ParseResult parse, CommandContext context, CancellationToken cancellation)
    {
        var exit = ExitCode.Success;
        await using var wait = context.Output.Json ? null : context.Wait("removing");
        foreach (var given in parse.GetRequiredValue(_sandboxes))
        {
            try
            {
                var id = await context.FindIdAsync(given, cancellation);
                await context.Client.Sandboxes.DeleteAsync(id, cancellation);
                if (context.Output.Json) context.Output.JsonLine(new RemovedJson(id, true), CliJson.Default.RemovedJson);
                else context.Output.Line(id);
            }
            catch (AtollException failure) when (failure.Code == "sandbox_not_found" && parse.GetValue(_force))
            {
                if (context.Output.Json) context.Output.JsonLine(new RemovedJson(given, false), CliJson.Default.RemovedJson);
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
