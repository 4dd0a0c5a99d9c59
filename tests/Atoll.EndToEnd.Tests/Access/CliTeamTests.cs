using System.Text.Json.Nodes;
using Atoll.EndToEnd.Tests.Cli;
using Atoll.Testing;

namespace Atoll.EndToEnd.Tests.Access;

/// <summary>Teams, users, keys, quotas and the audit log from the command line.</summary>
public sealed class CliTeamTests(SharedServer server)
{
    [Fact]
    public async Task Session_OfAnOperatorAndATeam()
    {
        (await server.ReadyAsync(TestContext.Current.CancellationToken)).Dispose();
        var operators = new CliProgram(server.Server);
        var name = TeamRouteTests.Name();
        await OkAsync(operators, "team", "create", name, "--sandboxes", "0");
        var set = JsonNode.Parse(await OkAsync(operators, "quota", "set", name, "--creates-per-minute", "1", "--memory", "1g", "--json"))!;
        Assert.Equal((1, 1024), ((int)set["quota"]!["createsPerMinute"]!, (int)set["quota"]!["memoryMiB"]!));
        var key = (await OkAsync(operators, "key", "create", "first", "--team", name)).TrimEnd();
        Assert.StartsWith("atoll_", key, StringComparison.Ordinal);

        Assert.Contains("first", await OkAsync(operators, "key", "ls", "--team", name), StringComparison.Ordinal);
        var team = new CliProgram(server.Server) { Environment = { ["ATOLL_API_KEY"] = key } };
        Assert.Contains("1 GiB", await OkAsync(team, "quota", "show"), StringComparison.Ordinal);
        await OkAsync(team, "user", "add", "alice", "--role", "viewer");
        var made = JsonNode.Parse(await OkAsync(team, "key", "create", "alice-laptop", "--user", "alice", "--expires", "30d", "--json"))!;
        Assert.Equal(["sandboxes:read", "files:read"], made["scopes"]!.AsArray().Select(scope => (string)scope!));
        Assert.Contains("alice-laptop", await OkAsync(team, "key", "ls"), StringComparison.Ordinal);
        await OkAsync(team, "user", "role", "alice", "member");
        await OkAsync(team, "user", "rm", "alice");
        Assert.DoesNotContain("alice-laptop", await OkAsync(team, "key", "ls"), StringComparison.Ordinal);
        Assert.Equal(3, (await team.RunAsync("team", "ls")).Code);
        Assert.Equal(2, (await operators.RunAsync("quota", "set", name)).Code);

        await Eventually.HoldsAsync("the session is in the log", async () =>
            (await OkAsync(team, "audit", "--since", "1h", "--action", "removeUser", "--json")).Contains("\"removeUser\"", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        Assert.Contains("createUser", await OkAsync(team, "audit"), StringComparison.Ordinal);
        await OkAsync(operators, "team", "rename", name, name + "2");
        Assert.Contains(name + "2", await OkAsync(operators, "team", "ls"), StringComparison.Ordinal);
        await OkAsync(operators, "team", "rm", name + "2");
        Assert.Equal(3, (await team.RunAsync("team", "show")).Code);
    }

    private static async Task<string> OkAsync(CliProgram cli, params string[] arguments) => (await cli.RunAsync(arguments)).Succeeded();
}
