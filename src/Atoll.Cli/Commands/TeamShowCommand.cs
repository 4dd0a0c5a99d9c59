using System.CommandLine;
using Atoll.Cli.Invocation;
using Atoll.Cli.Options;
using Atoll.Cli.Output;
using Atoll.Client.Wire;

namespace Atoll.Cli.Commands;

/// <summary>A team with its quota.</summary>
internal sealed class TeamShowCommand : AtollCommand
{
    private readonly Argument<string?> _team = TeamArgument.Optional("For operators: another team, by name or id");

    public TeamShowCommand(string name, string description, params string[] examples)
        : base(name, description, examples) => Add(_team);

    public override async Task<int> RunAsync(ParseResult parse, CommandContext context, CancellationToken cancellation)
    {
        var teams = context.Client.Teams;
        var team = parse.GetValue(_team) is { } given ? await teams.GetAsync(given, cancellation) : await teams.OwnAsync(cancellation);
        if (context.Output.Json) context.Output.JsonLine(team, AtollJson.Default.TeamInfo);
        else TeamText.Write(context.Output, team);
        return 0;
    }
}
