using System.CommandLine;
using Atoll.Cli.Invocation;
using Atoll.Cli.Options;
using Atoll.Cli.Output;
using Atoll.Client.Wire;

namespace Atoll.Cli.Commands;

/// <summary>Lets a port be reached without a key.</summary>
internal sealed class PortExposeCommand : AtollCommand
{
    private readonly Argument<string> _sandbox = SandboxArgument.Required();
    private readonly Argument<int> _port = PortArgument.Required();
    private readonly Option<bool> _public = new("--public") { Description = "To anybody, without a token" };
    private readonly Option<double?> _ttl = Quantities.Duration("--ttl", "It is closed after this long: 90s, 15m, 2h or never (the default: as long as the sandbox lives)");

    public PortExposeCommand()
        : base(
            "expose",
            "Let a port be reached from outside, and print the address to open. The token in it is shown this once; doing it again makes a new one.",
            "atoll port expose web 8000",
            "atoll port expose web 8000 --public --ttl 2h",
            "atoll port expose web 8000 --json | jq -r .token")
    {
        Add(_sandbox);
        Add(_port);
        Add(_public);
        Add(_ttl);
    }

    public override async Task<int> RunAsync(ParseResult parse, CommandContext context, CancellationToken cancellation)
    {
        var sandbox = await context.FindIdAsync(parse.GetRequiredValue(_sandbox), cancellation);
        var exposed = await context.Client.Ports(sandbox).ExposeAsync(parse.GetRequiredValue(_port), new(parse.GetValue(_public), parse.GetValue(_ttl)), cancellation);
        if (context.Output.Json)
        {
            context.Output.JsonLine(exposed, AtollJson.Default.ExposedPortInfo);
            return 0;
        }

        context.Output.Line(Safe.Line(exposed.BrowserUrl));
        if (exposed.Token is not null) context.Output.ErrorLine(Safe.Line($"For programs: {exposed.PathUrl} with the header X-Atoll-Port-Token."));
        return 0;
    }
}
