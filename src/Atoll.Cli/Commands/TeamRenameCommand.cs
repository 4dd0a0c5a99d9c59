using System.CommandLine;
using Atoll.Cli.Invocation;
using Atoll.Cli.Options;
using Atoll.Client.Wire;

namespace Atoll.Cli.Commands;

/// <summary>Gives a team another name.</summary>
internal sealed class TeamRenameCommand : AtollCommand
{
    private readonly Argument<string> _team = TeamArgument.Required();
    private readonly Argument<string> _name = new("name") { Description = "Its new name" };

    public TeamRenameCommand()
        : base("rename", "Rename a team (needs the scope operator).", "atoll team rename acme acme-labs")
    {
        Add(_team);
        Add(_name);
    }

    public override async Task<int> RunAsync(ParseResult parse, CommandContext context, CancellationToken cancellation)
    {
        var team = await context.Client.Teams.RenameAsync(parse.GetRequiredValue(_team), parse.GetRequiredValue(_name), cancellation);
        if (context.Output.Json) context.Output.JsonLine(team, AtollJson.Default.TeamInfo);
        else context.Output.Line(team.Id);
        return 0;
    }
}
