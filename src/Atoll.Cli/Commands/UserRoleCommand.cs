using System.CommandLine;
using Atoll.Cli.Invocation;
using Atoll.Client.Wire;

namespace Atoll.Cli.Commands;

/// <summary>Changes what somebody may do.</summary>
internal sealed class UserRoleCommand : AtollCommand
{
    private readonly Argument<string> _user = new("user") { Description = "A user: name or id" };
    private readonly Argument<string> _role = new("role") { Description = "owner, member or viewer" };

    public UserRoleCommand()
        : base("role", "Change a user's role, in force at once for the user's keys.", "atoll user role alice viewer")
    {
        _role.CompletionSources.Add("owner", "member", "viewer");
        Add(_user);
        Add(_role);
    }

    public override async Task<int> RunAsync(ParseResult parse, CommandContext context, CancellationToken cancellation)
    {
        var user = await context.Client.Users.ChangeRoleAsync(parse.GetRequiredValue(_user), parse.GetRequiredValue(_role), cancellation);
        if (context.Output.Json) context.Output.JsonLine(user, AtollJson.Default.UserInfo);
        else context.Output.Line(user.Id);
        return 0;
    }
}
