using System.CommandLine;
using Atoll.Cli.Invocation;
using Atoll.Cli.Options;
using Atoll.Cli.Output;

namespace Atoll.Cli.Commands;

/// <summary>Removes a team.</summary>
internal sealed class TeamRemoveCommand : AtollCommand
{
    private readonly Argument<string> _team = TeamArgument.Required();

    public TeamRemoveCommand()
        : base("rm", "Remove an empty team, with its users and keys (needs the scope operator).", "atoll team rm acme") => Add(_team);

    public override async Task<int> RunAsync(ParseResult parse, CommandContext context, CancellationToken cancellation)
    {
        var team = parse.GetRequiredValue(_team);
        await context.Client.Teams.RemoveAsync(team, cancellation);
        if (context.Output.Json) context.Output.JsonLine(new RemovedJson(team, true), CliJson.Default.RemovedJson);
        else context.Output.Line(team);
        return 0;
    }
}
