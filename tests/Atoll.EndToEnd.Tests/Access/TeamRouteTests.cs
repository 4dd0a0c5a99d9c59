using System.Net;
using System.Text.Json.Nodes;
using Atoll.EndToEnd.Tests.Routes;
using Atoll.Testing;

namespace Atoll.EndToEnd.Tests.Access;

/// <summary>Teams, users, keys and the audit log of a real server.</summary>
public sealed class TeamRouteTests(SharedServer server)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact, Operation("createTeam", "listTeams", "getAnyTeam", "updateTeam", "removeTeam", "createTeamKey", "listTeamKeys", "revokeTeamKey", "getTeam")]
    public async Task Team_FromCreationToRemoval()
    {
        using var operators = await server.ReadyAsync(Cancelled);
        var name = Name();
        var made = await operators.PostAsync("/v1/teams", new JsonObject { ["name"] = name, ["quota"] = new JsonObject { ["sandboxes"] = 2 } }, Cancelled);
        Assert.True(made.Status == HttpStatusCode.Created, made.Text);
        (await operators.PostAsync("/v1/teams", new JsonObject { ["name"] = name }, Cancelled)).ShouldBe(HttpStatusCode.Conflict, "name_taken");
        Assert.Contains((JsonArray)(await operators.GetAsync("/v1/teams", Cancelled)).Json!["items"]!, team => (string)team!["name"]! == name);
        using var team = new Api(server.Server.Url, await SecondTeam.KeyAsync(operators, name, new() { ["name"] = "k" }, Cancelled));

        using var other = new Api(server.Server.Url, await SecondTeam.KeyAsync(operators, name, new() { ["name"] = "other" }, Cancelled));
        var keys = (JsonArray)(await operators.GetAsync($"/v1/teams/{name}/keys", Cancelled)).Json!["items"]!;
        Assert.Equal(["k", "other"], keys.Select(key => (string)key!["name"]!).Order(StringComparer.Ordinal));
        (await team.GetAsync($"/v1/teams/{name}/keys", Cancelled)).ShouldBe(HttpStatusCode.Forbidden, "forbidden_scope");
        (await operators.GetAsync("/v1/teams/nobody/keys", Cancelled)).ShouldBe(HttpStatusCode.NotFound, "team_not_found");
        var revoked = keys.Single(key => (string)key!["name"]! == "other")!["id"];
        Assert.Equal(HttpStatusCode.NoContent, (await operators.DeleteAsync($"/v1/teams/{name}/keys/{revoked}", Cancelled)).Status);
        (await operators.DeleteAsync($"/v1/teams/{name}/keys/{revoked}", Cancelled)).ShouldBe(HttpStatusCode.NotFound, "key_not_found");
        (await other.GetAsync("/v1/team", Cancelled)).ShouldBe(HttpStatusCode.Unauthorized, "unauthenticated");

        var renamed = await operators.SendAsync(HttpMethod.Patch, $"/v1/teams/{name}", new JsonObject { ["name"] = name + "2", ["quota"] = new JsonObject { ["memoryMiB"] = 4096 } }.ToJsonString(), Cancelled);
        Assert.True(renamed.Status == HttpStatusCode.OK, renamed.Text);
        var own = (await team.GetAsync("/v1/team", Cancelled)).Json!;
        Assert.Equal((name + "2", 2, 4096, 0), ((string)own["name"]!, (int)own["quota"]!["sandboxes"]!, (int)own["quota"]!["memoryMiB"]!, (int)own["use"]!["sandboxes"]!));
        Assert.Equal((string)made.Json!["id"]!, (string)(await operators.GetAsync($"/v1/teams/{name}2", Cancelled)).Json!["id"]!);
        (await team.GetAsync("/v1/teams", Cancelled)).ShouldBe(HttpStatusCode.Forbidden, "forbidden_scope");

        var sandbox = await team.CreateAsync(Small(), Cancelled);
        (await operators.DeleteAsync($"/v1/teams/{name}2", Cancelled)).ShouldBe(HttpStatusCode.Conflict, "team_not_empty");
        Assert.Equal(HttpStatusCode.NoContent, (await team.DeleteAsync($"/v1/sandboxes/{sandbox}", Cancelled)).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await operators.DeleteAsync($"/v1/teams/{name}2", Cancelled)).Status);
        (await team.GetAsync("/v1/team", Cancelled)).ShouldBe(HttpStatusCode.Unauthorized, "unauthenticated");
        (await operators.DeleteAsync((string)$"/v1/teams/{(await operators.GetAsync("/v1/team", Cancelled)).Json!["id"]}", Cancelled)).ShouldBe(HttpStatusCode.Forbidden, "forbidden");
    }

    [Fact, Operation("createUser", "listUsers", "updateUser", "removeUser")]
    public async Task User_RemovedWhileItsKeyIsInUse_OpensNothingAnyMore()
    {
        using var api = await server.ReadyAsync(Cancelled);
        var name = Name();
        var user = await api.PostAsync("/v1/team/users", new JsonObject { ["name"] = name, ["email"] = "a@example.com", ["role"] = "member" }, Cancelled);
        Assert.True(user.Status == HttpStatusCode.Created, user.Text);
        var made = await api.PostAsync("/v1/keys", new JsonObject { ["name"] = "of-user", ["user"] = name }, Cancelled);
        Assert.True(made.Status == HttpStatusCode.Created, made.Text);
        using var own = new Api(server.Server.Url, (string)made.Json!["key"]!);
        Assert.Equal((string)user.Json!["id"]!, (string)(await own.GetAsync("/v1/whoami", Cancelled)).Json!["user"]!);
        (await own.GetAsync("/v1/keys", Cancelled)).ShouldBe(HttpStatusCode.Forbidden, "forbidden_scope");

        Assert.Equal(HttpStatusCode.OK, (await api.SendAsync(HttpMethod.Patch, $"/v1/team/users/{name}", """{"role":"viewer"}""", Cancelled)).Status);
        (await own.PostAsync("/v1/sandboxes", Small(), Cancelled)).ShouldBe(HttpStatusCode.Forbidden, "forbidden_scope");
        Assert.Equal(HttpStatusCode.OK, (await own.GetAsync("/v1/sandboxes", Cancelled)).Status);
        Assert.Contains((JsonArray)(await api.GetAsync("/v1/team/users", Cancelled)).Json!["items"]!, item => (string)item!["name"]! == name && (string)item["role"]! == "viewer");

        Assert.Equal(HttpStatusCode.NoContent, (await api.DeleteAsync($"/v1/team/users/{name}", Cancelled)).Status);
        (await own.GetAsync("/v1/sandboxes", Cancelled)).ShouldBe(HttpStatusCode.Unauthorized, "unauthenticated");
    }

    [Fact]
    public async Task Key_Expiring_IsToldSoWhenItsTimeIsUp()
    {
        using var api = await server.ReadyAsync(Cancelled);
        var made = await api.PostAsync("/v1/keys", new JsonObject { ["name"] = "brief", ["expiresInSeconds"] = 5 }, Cancelled);
        using var brief = new Api(server.Server.Url, (string)made.Json!["key"]!);
        ServerEvent? last = null;
        await foreach (var happened in brief.FollowAsync("/v1/events?follow=true", Cancelled)) last = happened;
        Assert.Equal(("error", "key_expired"), (last!.Name, last.Text("code")));
        await Eventually.HoldsAsync("the key expires", async () => (await brief.GetAsync("/v1/whoami", Cancelled)).Code == "key_expired", Cancelled);
        Assert.Equal(HttpStatusCode.NoContent, (await api.DeleteAsync($"/v1/keys/{made.Json["id"]}", Cancelled)).Status);
    }

    [Fact, Operation("listAudit")]
    public async Task Audit_OfASession_TellsEachChangeAndNoContents()
    {
        using var operators = await server.ReadyAsync(Cancelled);
        var name = Name();
        Assert.Equal(HttpStatusCode.Created, (await operators.PostAsync("/v1/teams", new JsonObject { ["name"] = name }, Cancelled)).Status);
        using var team = new Api(server.Server.Url, await SecondTeam.KeyAsync(operators, name, new() { ["name"] = "k" }, Cancelled));
        var key = (string)(await team.GetAsync("/v1/whoami", Cancelled)).Json!["keyId"]!;
        var sandbox = await team.CreateAsync(Small(), Cancelled);
        await team.ExecAsync(sandbox, "echo hidden-words", Cancelled);
        await team.DeleteAsync($"/v1/sandboxes/{sandbox}", Cancelled);
        await team.DeleteAsync("/v1/sandboxes/nothing-here", Cancelled);
        await team.PostAsync("/v1/teams", new JsonObject { ["name"] = "x" }, Cancelled);

        JsonArray entries = [];
        await Eventually.HoldsAsync("the session is in the log", async () => (entries = (JsonArray)(await team.GetAsync("/v1/audit", Cancelled)).Json!["items"]!).Count == 5, Cancelled);

        Assert.Equal(
            [("createTeam", null, 403), ("deleteSandbox", "nothing-here", 404), ("deleteSandbox", sandbox, 204), ("exec", sandbox, 200), ("createSandbox", (string?)sandbox, 201)],
            entries.Select(entry => ((string)entry!["action"]!, (string?)entry["target"], (int)entry["status"]!)));
        Assert.All(entries, entry => Assert.Equal((key, "127.0.0.1"), ((string)entry!["keyId"]!, (string)entry["remoteAddress"]!)));
        Assert.DoesNotContain("hidden-words", entries.ToJsonString(), StringComparison.Ordinal);
        var second = (await team.GetAsync("/v1/audit?action=deleteSandbox&limit=1", Cancelled)).Json!;
        Assert.Equal("nothing-here", (string)second["items"]![0]!["target"]!);
        second = (await team.GetAsync($"/v1/audit?action=deleteSandbox&limit=1&cursor={second["nextCursor"]}", Cancelled)).Json!;
        Assert.Equal(sandbox, (string)second["items"]![0]!["target"]!);
        (await team.GetAsync("/v1/audit?team=all", Cancelled)).ShouldBe(HttpStatusCode.Forbidden, "forbidden_scope");
        Assert.Contains((JsonArray)(await operators.GetAsync($"/v1/audit?team=all&actor={key}", Cancelled)).Json!["items"]!, entry => (string)entry!["action"]! == "exec");
        Assert.Equal(HttpStatusCode.NoContent, (await operators.DeleteAsync($"/v1/teams/{name}", Cancelled)).Status);
    }

    internal static string Name() => $"team-{Guid.NewGuid():N}"[..20];

    internal static JsonObject Small() => new() { ["template"] = "minimal", ["isolation"] = "container", ["memoryMiB"] = 64, ["diskMiB"] = 128 };
}
