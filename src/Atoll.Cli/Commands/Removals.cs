using Atoll.Cli.Errors;
using Atoll.Cli.Invocation;
using Atoll.Cli.Output;
using Atoll.Client.Wire;

namespace Atoll.Cli.Commands;

/// <summary>Deletes many things one after the other: each that could not be deleted is told, the others are deleted.</summary>
internal static class Removals
{
    /// <returns>The exit status of the first that failed.</returns>
    public static async Task<int> EachAsync(CommandContext context, IEnumerable<string> names, Func<string, Task> remove)
    {
        var exit = ExitCode.Success;
        foreach (var name in names)
        {
            try
            {
                await remove(name);
                if (context.Output.Json) context.Output.JsonLine(new RemovedJson(name, true), CliJson.Default.RemovedJson);
                else context.Output.Line(Safe.Line(name));
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
