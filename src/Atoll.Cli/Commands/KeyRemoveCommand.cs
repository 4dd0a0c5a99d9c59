using System.CommandLine;
using Atoll.Cli.Invocation;
using Atoll.Cli.Options;
using Atoll.Cli.Output;

namespace Atoll.Cli.Commands;

/// <summary>Takes an API key back.</summary>
internal sealed class KeyRemoveCommand : AtollCommand
{
    private readonly Argument<string> _id = new("id") { Description = "The key's id, as atoll key ls shows it" };

    private readonly Option<string?> _team = TeamArgument.Option("For operators: a key of this team");

    public KeyRemoveCommand()
        : base("rm", "Take an API key back: from now on it opens nothing.", "atoll key rm key_0123456789ab", "atoll key rm key_0123456789ab --team acme")
    {
        Add(_id);
        Add(_team);
    }

    public override async Task<int> RunAsync(ParseResult parse, CommandContext context, CancellationToken cancellation)
    {
        var id = parse.GetRequiredValue(_id);
        await context.Client.Keys.RevokeAsync(id, parse.GetValue(_team), cancellation);
        if (context.Output.Json) context.Output.JsonLine(new RemovedJson(id, true), CliJson.Default.RemovedJson);
        else context.Output.Line(id);
        return 0;
    }
}
