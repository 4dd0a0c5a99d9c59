using System.CommandLine;
using Atoll.Cli.Invocation;
using Atoll.Cli.Output;
using Atoll.Client.Wire;

namespace Atoll.Cli.Commands;

/// <summary>Who is in the team.</summary>
internal sealed class UserListCommand() : AtollCommand("ls", "List the team's users.", "atoll user ls")
{
    public override async Task<int> RunAsync(ParseResult parse, CommandContext context, CancellationToken cancellation)
    {
        var table = new Table("NAME", "ID", "ROLE", "EMAIL", "CREATED");
        foreach (var user in await context.Client.Users.ListAsync(cancellation))
        {
            if (context.Output.Json) context.Output.JsonLine(user, AtollJson.Default.UserInfo);
            else table.Row(user.Name, user.Id, user.Role, user.Email ?? Show.Nothing, Show.Time(user.CreatedAt));
        }

        if (!context.Output.Json) context.Output.Draw(table);
        return 0;
    }
}
