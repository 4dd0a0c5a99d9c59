using System.CommandLine;
using Atoll.Cli.Invocation;
using Atoll.Cli.Options;
using Atoll.Cli.Output;
using Atoll.Client.Keys;
using Atoll.Client.Wire;

namespace Atoll.Cli.Commands;

/// <summary>Makes an API key.</summary>
internal sealed class KeyCreateCommand : AtollCommand
{
    private readonly Argument<string> _name = new("name") { Description = "What it is for" };
    private readonly Option<string[]> _scopes = new("--scope", "-s")
    {
        Description = "What it may do, any number of times: sandboxes:read, sandboxes:write, exec, files:read, files:write, keys, team, audit, operator, or a preset: full (the default; all but operator), read-only",
        HelpName = "scope",
    };

    private readonly Option<string?> _user = new("--user", "-u") { Description = "Whose it is: a user's name or id. It ends with the user", HelpName = "user" };
    private readonly Option<double?> _expires = Quantities.Duration("--expires", "It opens nothing after this long: 12h, 30d or never");
    private readonly Option<string?> _team = TeamArgument.Option("For operators: a key of this team");

    public KeyCreateCommand()
        : base(
            "create",
            "Make an API key. It is printed this once: only its hash is kept.",
            "atoll key create ci",
            "atoll key create watcher --scope read-only --expires 30d",
            "atoll key create first --team acme",
            "atoll key create ci --json | jq -r .key")
    {
        _scopes.CompletionSources.Add("sandboxes:read", "sandboxes:write", "exec", "files:read", "files:write", "keys", "team", "audit", "operator", "full", "read-only");
        Add(_name);
        foreach (var option in (Option[])[_scopes, _user, _expires, _team]) Add(option);
    }

    public override async Task<int> RunAsync(ParseResult parse, CommandContext context, CancellationToken cancellation)
    {
        var scopes = parse.GetValue(_scopes) is { Length: > 0 } some ? some : null;
        var expires = parse.GetValue(_expires) is > 0 and var seconds ? (long?)Math.Ceiling(seconds) : null;
        CreateKey wanted = new(parse.GetRequiredValue(_name), scopes, parse.GetValue(_user), expires);
        var created = await context.Client.Keys.CreateAsync(wanted, parse.GetValue(_team), cancellation);
        if (context.Output.Json)
        {
            context.Output.JsonLine(created, AtollJson.Default.CreatedKey);
            return 0;
        }

        // The key alone on stdout, so that it can be caught in a variable.
        context.Output.Line(created.Secret);
        context.Output.ErrorLine(Safe.Line($"{created.Id} ({created.Name}; {string.Join(", ", created.Scopes ?? [])}): keep the key now, it cannot be shown again."));
        return 0;
    }
}
