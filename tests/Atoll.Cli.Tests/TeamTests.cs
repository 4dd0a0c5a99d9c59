using System.Text.Json.Nodes;
using Atoll.Cli.Tests.Fakes;

namespace Atoll.Cli.Tests;

public sealed class TeamTests
{
    [Fact]
    public async Task KeyCreate_WithOptions_SendsThemAndPrintsTheKeyAlone()
    {
        await using var server = await FakeAtoll.StartAsync();
        server.OnJson("POST /v1/teams/acme/keys", new JsonObject { ["id"] = "key_1", ["name"] = "ci", ["scopes"] = new JsonArray("exec"), ["key"] = "atoll_secret" }, 201);
        using var cli = new CliRun(server);

        var result = await cli.RunAsync("key", "create", "ci", "--team", "acme", "--scope", "exec", "-s", "read-only", "--user", "alice", "--expires", "2h");

        Assert.Equal((0, "atoll_secret\n"), (result.ExitCode, result.Output));
        var body = JsonNode.Parse(server.Bodies("POST /v1/teams/acme/keys").Single())!;
        Assert.Equal("""{"name":"ci","scopes":["exec","read-only"],"user":"alice","expiresInSeconds":7200}""", body.ToJsonString());
    }

    [Fact]
    public async Task KeyCreate_WithoutOptions_LeavesTheRestToTheServer()
    {
        await using var server = await FakeAtoll.StartAsync();
        server.OnJson("POST /v1/keys", new JsonObject { ["id"] = "key_1", ["name"] = "ci", ["key"] = "atoll_secret" }, 201);
        using var cli = new CliRun(server);

        Assert.Equal(0, (await cli.RunAsync("key", "create", "ci", "--expires", "never")).ExitCode);

        Assert.Equal("""{"name":"ci"}""", server.Bodies("POST /v1/keys").Single());
    }

    [Fact]
    public async Task QuotaSet_SomeOfThem_SendsThoseOnlyAndNoneIsAUsageError()
    {
        await using var server = await FakeAtoll.StartAsync();
        server.OnJson("PATCH /v1/teams/acme", Team());
        using var cli = new CliRun(server);

        var result = await cli.RunAsync("quota", "set", "acme", "--memory", "64g", "--cpu", "0");

        Assert.Equal(0, result.ExitCode);
        Assert.Equal("""{"quota":{"cpu":0,"memoryMiB":65536}}""", server.Bodies("PATCH /v1/teams/acme").Single());
        Assert.Matches(@"\nsandboxes +2 +5\n", result.Output);
        Assert.Matches(@"\ncpu +1\.5 +none\n", result.Output);
        Assert.Equal(2, (await cli.RunAsync("quota", "set", "acme")).ExitCode);
        Assert.Equal(2, (await cli.RunAsync("quota", "set", "acme", "--memory", "lots")).ExitCode);
    }

    [Fact]
    public async Task Audit_SeveralPages_StopsAtTheLimit()
    {
        await using var server = await FakeAtoll.StartAsync();
        server.On("GET /v1/audit", async http =>
        {
            var first = http.Request.Query["cursor"].Count == 0;
            var page = FakeAtoll.Items(Entry(first ? 4 : 2), Entry(first ? 3 : 1));
            page["nextCursor"] = "more";
            http.Response.ContentType = "application/json";
            await Microsoft.AspNetCore.Http.HttpResponseWritingExtensions.WriteAsync(http.Response, page.ToJsonString());
        });
        using var cli = new CliRun(server);

        var lines = (await cli.RunAsync("audit", "-n", "3", "--json")).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal([4, 3, 2], lines.Select(line => (int)JsonNode.Parse(line)!["sequence"]!));
        var table = (await cli.RunAsync("audit", "-n", "1", "--since", "2026-01-01T00:00:00Z")).Output;
        Assert.Contains("2026-01-01T00:00:00Z   exec     s1       403 forbidden_scope   key_1   -      127.0.0.1   r4", table);
        Assert.Equal(2, (await cli.RunAsync("audit", "--since", "yesterday")).ExitCode);
    }

    [Theory]
    [InlineData("forbidden_scope", 3)]
    [InlineData("key_expired", 3)]
    [InlineData("team_not_found", 4)]
    [InlineData("team_not_empty", 5)]
    [InlineData("quota_exceeded", 6)]
    [InlineData("rate_limited", 6)]
    public async Task TeamRemove_Refused_EndsByItsCode(string code, int exit)
    {
        await using var server = await FakeAtoll.StartAsync();
        server.OnProblem("DELETE /v1/teams/acme", 400, code, "No.");
        using var cli = new CliRun(server);

        Assert.Equal(exit, (await cli.RunAsync("team", "rm", "acme")).ExitCode);
    }

    private static JsonObject Team() => new()
    {
        ["id"] = "team_1",
        ["name"] = "acme",
        ["quota"] = new JsonObject { ["sandboxes"] = 5, ["cpu"] = 0, ["memoryMiB"] = 65536, ["diskMiB"] = 0, ["createsPerMinute"] = 0 },
        ["use"] = new JsonObject { ["sandboxes"] = 2, ["cpu"] = 1.5, ["memoryMiB"] = 1024, ["diskMiB"] = 0 },
    };

    private static JsonObject Entry(int sequence) => new()
    {
        ["sequence"] = sequence,
        ["at"] = "2026-01-01T00:00:00Z",
        ["keyId"] = "key_1",
        ["action"] = "exec",
        ["target"] = "s1",
        ["status"] = 403,
        ["code"] = "forbidden_scope",
        ["remoteAddress"] = "127.0.0.1",
        ["requestId"] = $"r{sequence}",
    };
}
