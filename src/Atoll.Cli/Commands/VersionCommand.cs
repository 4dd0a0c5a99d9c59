using System.CommandLine;
using System.Reflection;
using Atoll.Cli.Invocation;
using Atoll.Cli.Output;
using Atoll.Client.Wire;

namespace Atoll.Cli.Commands;

/// <summary>The versions on both ends.</summary>
internal sealed class VersionCommand() : AtollCommand("version", "Show the version of this program and, where one answers, of the server.", "atoll version", "atoll version --json")
{
    /// <summary>Without the commit that some builds append.</summary>
    public static string Own { get; } = (typeof(VersionCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown").Split('+')[0];

    public override async Task<int> RunAsync(ParseResult parse, CommandContext context, CancellationToken cancellation)
    {
        string? server = null, why = null;
        try
        {
            server = (await context.Client.Service.InfoAsync(cancellation)).Version;
        }
        catch (AtollException failure)
        {
            why = failure.Message;
        }

        if (context.Output.Json)
        {
            context.Output.JsonLine(new VersionJson(Own, server, context.Settings.Url.AbsoluteUri.TrimEnd('/')), CliJson.Default.VersionJson);
            return 0;
        }

        context.Output.Line($"atoll   {Own}");
        context.Output.Line($"server  {Safe.Line(server ?? $"unknown ({why})")}");
        return 0;
    }
}
