using System.CommandLine;
using Atoll.Cli.Invocation;
using Atoll.Client.Wire;

namespace Atoll.Cli.Commands;

/// <summary>Takes somebody into the team.</summary>
internal sealed class UserAddCommand : AtollCommand
{
    private readonly Argument<string> _name = new("name") { Description = "The user's name" };
    private readonly Option<string?> _email = new("--email") { Description = "Where the user is reached", HelpName = "address" };
    private readonly Option<string?> _role = new("--role") { Description = "The most that the user's keys may do: owner (everything), member (work with sandboxes; the default) or viewer (see them)", HelpName = "role" };

    public UserAddCommand()
        : base("add", "Add a user to the team and print its id. Make it a key with atoll key create --user.", "atoll user add alice --email alice@example.com --role owner")
    {
        _role.CompletionSources.Add("owner", "member", "viewer");
        Add(_name);
        Add(_email);
        Add(_role);
    }

    public override async Task<int> RunAsync(ParseResult parse, CommandContext context, CancellationToken cancellation)
    {
        var user = await context.Client.Users.CreateAsync(parse.GetRequiredValue(_name), parse.GetValue(_email), parse.GetValue(_role), cancellation);
        if (context.Output.Json) context.Output.JsonLine(user, AtollJson.Default.UserInfo);
        else context.Output.Line(user.Id);
        return 0;
    }
}
