using System.CommandLine;
using System.Globalization;
using Atoll.Cli.Invocation;
using Atoll.Cli.Options;
using Atoll.Cli.Output;

namespace Atoll.Cli.Commands;

/// <summary>Lets nobody in without a key any more.</summary>
internal sealed class PortCloseCommand : AtollCommand
{
    private readonly Argument<string> _sandbox = SandboxArgument.Required();
    private readonly Argument<int> _port = PortArgument.Required();

    public PortCloseCommand() : base("close", "Close a port: its token opens nothing any more. Connections that are open go on.", "atoll port close web 8000")
    {
        Add(_sandbox);
        Add(_port);
    }

    public override async Task<int> RunAsync(ParseResult parse, CommandContext context, CancellationToken cancellation)
    {
        var sandbox = await context.FindIdAsync(parse.GetRequiredValue(_sandbox), cancellation);
        var port = parse.GetRequiredValue(_port);
        await context.Client.Ports(sandbox).CloseAsync(port, cancellation);
        var text = port.ToString(CultureInfo.InvariantCulture);
        if (context.Output.Json) context.Output.JsonLine(new RemovedJson(text, true), CliJson.Default.RemovedJson);
        else context.Output.Line(text);
        return 0;
    }
}
