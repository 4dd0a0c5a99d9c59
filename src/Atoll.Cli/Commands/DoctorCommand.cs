using System.CommandLine;
using Atoll.Cli.Doctor;
using Atoll.Cli.Errors;
using Atoll.Cli.Invocation;
using Atoll.Cli.Output;
using Atoll.Client.Service;
using Atoll.Client.Wire;

namespace Atoll.Cli.Commands;

/// <summary>What the host can do and what it lacks.</summary>
internal sealed class DoctorCommand() : AtollCommand(
    "doctor",
    "Examine the server's host by trying each thing it needs, and say what is missing and how to mend it. Where no server answers, this host is examined.",
    "atoll doctor",
    "atoll doctor --json | jq '.checks[] | select(.status != \"ok\")'")
{
    public override async Task<int> RunAsync(ParseResult parse, CommandContext context, CancellationToken cancellation)
    {
        AtollException? unreachable = null;
        DoctorReport? report = null;
        await using (context.Wait("examining the host"))
        {
            try
            {
                report = await context.Client.Service.DoctorAsync(cancellation);
            }
            catch (AtollException failure) when (failure.Code == AtollCodes.Unreachable)
            {
                unreachable = failure;
            }

            if (unreachable is not null) report = await AskLocalAsync(context, unreachable, cancellation);
        }

        if (context.Output.Json) context.Output.JsonLine(report!, AtollJson.Default.DoctorReport);
        else Draw(context.Output, report!);
        if (unreachable is not null) FailureReport.Write(context.Output, Failure.From(unreachable, null, exec: false));
        if (unreachable is not null) return ExitCode.Unreachable;
        return report!.Checks.Any(check => check.Status == "missing") ? ExitCode.Other : ExitCode.Success;
    }

    private static async Task<DoctorReport> AskLocalAsync(CommandContext context, AtollException unreachable, CancellationToken cancellation)
    {
        if (LocalDoctor.Find(Environment.ProcessPath) is not { } server) throw unreachable;
        var (report, why) = await LocalDoctor.AskAsync(server, context.Time, cancellation);
        return report ?? throw new CliException(Codes.Local, $"{unreachable.Message} And this host cannot be examined: {why}.", unreachable.Hint);
    }

    private static void Draw(CliOutput output, DoctorReport report)
    {
        var table = new Table("STATUS", "CHECK", "FOUND");
        foreach (var check in report.Checks)
        {
            var colour = check.Status switch { "ok" => Colour.Green, "warn" => Colour.Yellow, _ => Colour.Red };
            table.Row(colour, check.Status, check.Name, check.Detail ?? Show.Nothing);
            if (check.Fix is { Length: > 0 } fix) table.Row("", "", "what to do: " + fix);
        }

        output.Draw(table);
    }
}
