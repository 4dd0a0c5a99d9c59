using System.CommandLine;
using System.Globalization;
using Atoll.Cli.Invocation;
using Atoll.Cli.Options;
using Atoll.Cli.Output;
using Atoll.Client.Wire;

namespace Atoll.Cli.Commands;

/// <summary>Which ports there are.</summary>
internal sealed class PortListCommand : AtollCommand
{
    private readonly Argument<string> _sandbox = SandboxArgument.Required();

    public PortListCommand() : base("ls", "List the ports that something in a sandbox listens on, and those that are exposed.", "atoll port ls web", "atoll port ls web --json | jq .url") => Add(_sandbox);

    public override async Task<int> RunAsync(ParseResult parse, CommandContext context, CancellationToken cancellation)
    {
        var sandbox = await context.FindIdAsync(parse.GetRequiredValue(_sandbox), cancellation);
        var table = new Table("PORT", "ADDRESS", "PID", "COMMAND", "OPEN TO", "CLOSES IN", "URL");
        foreach (var port in await context.Client.Ports(sandbox).ListAsync(cancellation))
        {
            if (context.Output.Json)
            {
                context.Output.JsonLine(port, AtollJson.Default.PortInfo);
                continue;
            }

            table.Row(
                port.Port.ToString(CultureInfo.InvariantCulture),
                port.Address ?? Show.Nothing,
                port.Pid?.ToString(CultureInfo.InvariantCulture) ?? Show.Nothing,
                port.Command ?? Show.Nothing,
                port.Exposed switch { null => "keys", { Public: true } => "anybody", _ => "its token" },
                port.Exposed is null ? Show.Nothing : Show.Until(port.Exposed.ExpiresAt, context.Time),
                port.Url ?? Show.Nothing);
        }

        if (!context.Output.Json) context.Output.Draw(table);
        return 0;
    }
}
