using System.Net;

namespace Atoll.EndToEnd.Tests.BadInput;

/// <summary>What belongs to another team does not exist: on every route the server's own document lists, by id and by name.</summary>
public sealed class OtherTeamTests(BadInputServer server) : IAsyncLifetime
{
    private Api _other = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await server.StartAsync();
        _other = new Api(server.Real.Url, await SecondTeam.CreateAsync(server.Real, Cancellation));
    }

    public async ValueTask DisposeAsync()
    {
        _other.Dispose();
        await server.ShouldBeUnaffectedAsync("container", CancellationToken.None);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task EveryRoute_SandboxOfAnotherTeam_IsNotFound(bool byName)
    {
        var id = await server.NeighbourAsync("container");
        var routes = await RoutesAsync(byName ? "neighbour-container" : id);
        Assert.True(routes.Count >= 30, $"{routes.Count} routes");
        var wrong = new List<string>();
        foreach (var (method, path, body) in routes)
        {
            var answer = await _other.SendAsync(method, path, body, Cancellation);
            if (answer.Status != HttpStatusCode.NotFound || (answer.Code != "sandbox_not_found" && method != HttpMethod.Head)) wrong.Add($"{method} {path}: {(int)answer.Status} {answer.Text}");
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.Equal("running", (string?)(await server.Api.GetAsync($"/v1/sandboxes/{id}", Cancellation)).Json!["state"]);
    }

    [Fact]
    public async Task Lists_OfAnotherTeam_ShowNothingOfOurs()
    {
        await server.NeighbourAsync("container");
        foreach (var list in (string[])["/v1/sandboxes?state=creating,running,failed,deleted", "/v1/events"])
        {
            var answer = await _other.GetAsync(list, Cancellation);
            Assert.Equal(HttpStatusCode.OK, answer.Status);
            Assert.Empty(answer.Json!["items"]!.AsArray());
        }
    }

    [Fact]
    public async Task RevokeKey_OfAnotherTeam_IsNotFoundAndTheKeyStillOpens()
    {
        var mine = (string)(await server.Api.GetAsync("/v1/whoami", Cancellation)).Json!["keyId"]!;
        (await _other.DeleteAsync($"/v1/keys/{mine}", Cancellation)).ShouldBe(HttpStatusCode.NotFound, "key_not_found");
        Assert.Equal(HttpStatusCode.OK, (await server.Api.GetAsync("/v1/whoami", Cancellation)).Status);
    }

    [Fact]
    public async Task KeysUsersAndAudit_OfAnotherTeam_AreNotThere()
    {
        var user = await server.Api.PostAsync("/v1/team/users", new System.Text.Json.Nodes.JsonObject { ["name"] = $"ours-{Guid.NewGuid():N}" }, Cancellation);
        var id = (string)user.Json!["id"]!;
        foreach (var named in (string[])[id, (string)user.Json["name"]!])
        {
            (await _other.DeleteAsync($"/v1/team/users/{named}", Cancellation)).ShouldBe(HttpStatusCode.NotFound, "team_user_not_found");
            (await _other.SendAsync(HttpMethod.Patch, $"/v1/team/users/{named}", """{"role":"viewer"}""", Cancellation)).ShouldBe(HttpStatusCode.NotFound, "team_user_not_found");
            (await _other.SendAsync(HttpMethod.Post, "/v1/keys", $$"""{"name":"x","user":"{{named}}"}""", Cancellation)).ShouldBe(HttpStatusCode.NotFound, "team_user_not_found");
        }

        var mine = (string)(await server.Api.GetAsync("/v1/whoami", Cancellation)).Json!["keyId"]!;
        foreach (var list in (string[])["/v1/keys", "/v1/team/users", "/v1/audit"])
        {
            var answer = await _other.GetAsync(list, Cancellation);
            Assert.Equal(HttpStatusCode.OK, answer.Status);
            Assert.DoesNotContain(mine, answer.Text, StringComparison.Ordinal);

            // Its own audit log has what it asked for, by the name it asked with.
            if (list != "/v1/audit") Assert.DoesNotContain("ours-", answer.Text, StringComparison.Ordinal);
        }

        Assert.Equal(HttpStatusCode.NoContent, (await server.Api.DeleteAsync($"/v1/team/users/{id}", Cancellation)).Status);
    }

    [Fact]
    public async Task EveryRoute_KeyExpiredGarbledOrMissing_IsUnauthenticated()
    {
        var id = await server.NeighbourAsync("container");
        var made = await server.Api.PostAsync("/v1/keys", new System.Text.Json.Nodes.JsonObject { ["name"] = "brief", ["expiresInSeconds"] = 1 }, Cancellation);
        using var expired = new Api(server.Real.Url, (string)made.Json!["key"]!);
        await Atoll.Testing.Eventually.HoldsAsync("the key expires", async () => (await expired.GetAsync("/v1/whoami", Cancellation)).Code == "key_expired", Cancellation);
        using var garbled = new Api(server.Real.Url, server.Real.ApiKey[..^1] + "!");
        using var missing = new Api(server.Real.Url, "");
        var wrong = new List<string>();
        foreach (var (method, path, body) in await RoutesAsync(id))
        {
            foreach (var api in (Api[])[expired, garbled, missing])
            {
                var answer = await api.SendAsync(method, path, body, Cancellation);
                if (answer.Status != HttpStatusCode.Unauthorized) wrong.Add($"{method} {path}: {(int)answer.Status} {answer.Text}");
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Fact]
    public async Task KeyInTheQuery_IsRefusedAndNotLogged()
    {
        foreach (var name in (string[])["key", "api_key", "token", "access_token", "X-API-Key"])
            (await server.Api.GetAsync($"/v1/whoami?{name}={_other.Key}", Cancellation)).ShouldBe(HttpStatusCode.Unauthorized, "unauthenticated");
        Assert.DoesNotContain(_other.Key, server.Real.ReadLog(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetOperation_OfAnotherTeam_IsNotFound()
    {
        var id = await server.NeighbourAsync("container");
        Assert.Equal(HttpStatusCode.OK, (await server.Api.GetAsync($"/v1/operations/op_{id}", Cancellation)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await _other.GetAsync($"/v1/operations/op_{id}", Cancellation)).Status);
    }

    [Fact]
    public async Task CreateSandbox_NameAnotherTeamUses_IsFree()
    {
        await server.NeighbourAsync("container");
        var body = BadInputServer.Small("container");
        body["name"] = "neighbour-container";
        var id = await _other.CreateAsync(body, Cancellation);
        Assert.Equal(HttpStatusCode.NoContent, (await _other.DeleteAsync($"/v1/sandboxes/{id}", Cancellation)).Status);
    }

    // From the document, so that a route made later is tried too. A WebSocket route is asked without an upgrade: the sandbox is looked for first.
    private async Task<List<(HttpMethod Method, string Path, string? Body)>> RoutesAsync(string sandbox)
    {
        var document = (await server.Api.GetAsync("/openapi/v1.json", Cancellation)).Json!;
        var routes = new List<(HttpMethod, string, string?)>();
        foreach (var (template, operations) in document["paths"]!.AsObject().Where(pair => pair.Key.StartsWith("/v1/sandboxes/{id}", StringComparison.Ordinal)))
        {
            foreach (var (verb, operation) in operations!.AsObject())
            {
                var path = template.Replace("{id}", sandbox, StringComparison.Ordinal).Replace("{pid}", "1", StringComparison.Ordinal).Replace("{port}", "8000", StringComparison.Ordinal);
                var needsPath = operation!["parameters"]?.AsArray().Any(parameter => (string?)parameter!["name"] == "path") == true;
                routes.Add((HttpMethod.Parse(verb), path + (needsPath ? "?path=/tmp/x" : ""), operation["requestBody"] is null ? null : BodyOf(template)));
            }
        }

        return routes;
    }

    // Well-formed, so that the sandbox is what the answer is about.
    private static string BodyOf(string template) => template[(template.LastIndexOf('/') + 1)..] switch
    {
        "exec" or "processes" => """{"command":"true"}""",
        "code" => """{"code":"1"}""",
        "extend" or "leases" => """{"seconds":60}""",
        "restore" => """{"checkpoint":"first"}""",
        "stdin" => """{"text":"x"}""",
        "signal" => """{"signal":"KILL"}""",
        "resize" => """{"cols":80,"rows":24}""",
        "mkdir" or "find" => """{"path":"/tmp/x"}""",
        "move" or "copy" => """{"from":"/tmp/x","to":"/tmp/y"}""",
        "chmod" => """{"path":"/tmp/x","mode":"0777"}""",
        "chown" => """{"path":"/tmp/x","owner":"root"}""",
        "replace" => """{"paths":["/tmp/x"],"search":"a","replacement":"b"}""",
        _ => "{}",
    };
}
