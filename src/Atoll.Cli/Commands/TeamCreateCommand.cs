using System.CommandLine;
using Atoll.Cli.Invocation;
using Atoll.Cli.Options;
using Atoll.Client.Wire;

namespace Atoll.Cli.Commands;

/// <summary>Makes a team.</summary>
internal sealed class TeamCreateCommand : AtollCommand
{
    private readonly Argument<string> _name = new("name") { Description = "Its name" };
    private readonly QuotaOptions _quota = new();

    public TeamCreateCommand()
        : base("create", "Make a team and print its id (needs the scope operator). Give it a key with atoll key create --team.", "atoll team create acme", "atoll team create acme --sandboxes 20 --memory 64g")
    {
        Add(_name);
        _quota.AddTo(this);
    }

    public override async Task<int> RunAsync(ParseResult parse, CommandContext context, CancellationToken cancellation)
    {
        var team = await context.Client.Teams.CreateAsync(parse.GetRequiredValue(_name), _quota.Read(parse), cancellation);
        if (context.Output.Json) context.Output.JsonLine(team, AtollJson.Default.TeamInfo);
        else context.Output.Line(team.Id);
        return 0;
    }
}
