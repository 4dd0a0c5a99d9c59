using System.CommandLine;
using Atoll.Cli.Configuration;
using Atoll.Cli.Errors;
using Atoll.Cli.Native;
using Atoll.Cli.Output;
using Atoll.Cli.Terminals;

namespace Atoll.Cli.Invocation;

/// <summary>Runs a command and turns how it ended into an exit status: its own, a failure's (told on stderr), or the signal's that ended it.</summary>
internal static class CommandRunner
{
    public static async Task<int> RunAsync(AtollCommand command, ParseResult parse)
    {
        var output = new CliOutput { Json = parse.GetValue(GlobalOptions.Json) };
        using var interrupts = new Interrupts();
        var store = new ConfigStore(Environment.GetEnvironmentVariable("HOME") is { Length: > 0 } home ? home : "/root");
        using var context = new CommandContext(output, TimeProvider.System, interrupts, store, parse.GetValue(GlobalOptions.Url));
        try
        {
            return await command.RunAsync(parse, context, interrupts.Token);
        }
        catch (OperationCanceledException) when (interrupts.Number is { } signal)
        {
            return ExitCode.SignalBase + signal;
        }
        catch (BrokenPipeException)
        {
            return ExitCode.BrokenPipe;
        }
        catch (Exception exception)
        {
            return Tell(output, Failure.From(exception, context.Sandbox, command.PassesExitStatus));
        }
    }

    private static int Tell(CliOutput output, Failure failure)
    {
        try
        {
            FailureReport.Write(output, failure);
        }
        catch (IOException)
        {
            // Nobody reads stderr either: the exit status is all that is left to say it.
            return failure.ExitCode;
        }

        return failure.ExitCode;
    }
}
