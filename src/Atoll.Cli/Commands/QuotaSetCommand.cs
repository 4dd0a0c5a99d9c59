using System.CommandLine;
using Atoll.Cli.Invocation;
using Atoll.Cli.Options;
using Atoll.Cli.Output;
using Atoll.Client.Wire;

namespace Atoll.Cli.Commands;

/// <summary>Bounds what a team may have.</summary>
internal sealed class QuotaSetCommand : AtollCommand
{
    private readonly Argument<string> _team = TeamArgument.Required();
    private readonly QuotaOptions _quota = new();

    public QuotaSetCommand()
        : base(
            "set",
            "Set quotas of a team (needs the scope operator); those not given stay. One below what the team has now ends nothing: it only lets nothing new in.",
            "atoll quota set acme --sandboxes 20 --memory 64g",
            "atoll quota set acme --cpu 0")
    {
        Add(_team);
        _quota.AddTo(this);
        Validators.Add(result =>
        {
            if (!result.Children.OfType<System.CommandLine.Parsing.OptionResult>().Any(option => !option.Implicit)) result.AddError("Give at least one quota to set: atoll quota set --help");
        });
    }

    public override async Task<int> RunAsync(ParseResult parse, CommandContext context, CancellationToken cancellation)
    {
        var team = await context.Client.Teams.SetQuotaAsync(parse.GetRequiredValue(_team), _quota.Read(parse) ?? new(), cancellation);
        if (context.Output.Json) context.Output.JsonLine(team, AtollJson.Default.TeamInfo);
        else TeamText.Write(context.Output, team);
        return 0;
    }
}
