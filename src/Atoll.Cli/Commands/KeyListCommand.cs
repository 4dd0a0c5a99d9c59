using System.CommandLine;
using Atoll.Cli.Invocation;
using Atoll.Cli.Options;
using Atoll.Cli.Output;
using Atoll.Client.Wire;

namespace Atoll.Cli.Commands;

/// <summary>Which API keys there are.</summary>
internal sealed class KeyListCommand : AtollCommand
{
    private readonly Option<string?> _team = TeamArgument.Option("For operators: the keys of this team");

    public KeyListCommand() : base("ls", "List the team's API keys.", "atoll key ls", "atoll key ls --team acme") => Add(_team);

    public override async Task<int> RunAsync(ParseResult parse, CommandContext context, CancellationToken cancellation)
    {
        var table = new Table("ID", "NAME", "BEGINS WITH", "CREATED", "LAST USED", "EXPIRES IN", "USER", "SCOPES");
        foreach (var key in await context.Client.Keys.ListAsync(parse.GetValue(_team), cancellation))
        {
            if (context.Output.Json)
            {
                context.Output.JsonLine(key, AtollJson.Default.KeyInfo);
                continue;
            }

            table.Row(
                key.Id,
                key.Name,
                key.Prefix ?? Show.Nothing,
                Show.Time(key.CreatedAt),
                key.LastUsedAt is null ? "never" : Show.Ago(key.LastUsedAt, context.Time) + " ago",
                Show.Until(key.ExpiresAt, context.Time),
                key.User ?? Show.Nothing,
                string.Join(' ', key.Scopes ?? []));
        }

        if (!context.Output.Json) context.Output.Draw(table);
        return 0;
    }
}
