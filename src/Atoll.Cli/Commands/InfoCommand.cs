using System.CommandLine;
using Atoll.Cli.Invocation;
using Atoll.Cli.Output;
using Atoll.Client.Wire;

namespace Atoll.Cli.Commands;

/// <summary>What the server is and can do.</summary>
internal sealed class InfoCommand() : AtollCommand("info", "Show what the server is and can do.", "atoll info", "atoll info --json | jq .isolation")
{
    public override async Task<int> RunAsync(ParseResult parse, CommandContext context, CancellationToken cancellation)
    {
        var info = await context.Client.Service.InfoAsync(cancellation);
        if (context.Output.Json)
        {
            context.Output.JsonLine(info, AtollJson.Default.ServerInfo);
            return 0;
        }

        var output = context.Output;
        output.Line($"server       {context.Settings.Url.AbsoluteUri.TrimEnd('/')}");
        output.Line($"version      {Safe.Line(info.Version)}");
        output.Line($"node         {Safe.Line(info.Node ?? Show.Nothing)}");
        output.Line($"storage      {Safe.Line(info.Storage ?? Show.Nothing)}");
        foreach (var kind in info.Isolation ?? []) output.Line($"isolation    {Safe.Line(kind.Kind)}: {Safe.Line(kind.Missing ?? kind.Runtime ?? "available")}");
        if (info.Limits is { } most) output.Line($"at most      {Show.Cores(most.Cpu)}, {Show.MiB(most.MemoryMiB)} memory, {Show.MiB(most.DiskMiB)} disk, {most.Processes} processes a sandbox");
        foreach (var warm in info.WarmPool ?? [])
        {
            var size = warm.Cpu is { } cpu && warm.MemoryMiB is { } memory ? $", {Show.Cores(cpu)} and {Show.MiB(memory)}" : "";
            output.Line($"kept warm    {warm.Ready} of {warm.Target} {Safe.Line(warm.Template)} in {Safe.Line(warm.Isolation)}{size}; {Show.MiB(warm.MemoryBytes >> 20)} in use");
        }

        return 0;
    }
}
