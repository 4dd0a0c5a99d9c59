using System.CommandLine;
using Atoll.Cli.Invocation;
using Atoll.Cli.Output;

namespace Atoll.Cli.Commands;

/// <summary>Takes somebody out of the team.</summary>
internal sealed class UserRemoveCommand : AtollCommand
{
    private readonly Argument<string> _user = new("user") { Description = "A user: name or id" };

    public UserRemoveCommand()
        : base("rm", "Remove a user: from now on none of the user's keys opens anything.", "atoll user rm alice") => Add(_user);

    public override async Task<int> RunAsync(ParseResult parse, CommandContext context, CancellationToken cancellation)
    {
        var user = parse.GetRequiredValue(_user);
        await context.Client.Users.RemoveAsync(user, cancellation);
        if (context.Output.Json) context.Output.JsonLine(new RemovedJson(user, true), CliJson.Default.RemovedJson);
        else context.Output.Line(user);
        return 0;
    }
}
