using System.Net;
using System.Text.Json.Nodes;

namespace Atoll.EndToEnd.Tests.Routes;

/// <summary>The routes that are not about a sandbox.</summary>
public sealed class ServiceRouteTests(SharedServer server)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact, Operation("health", "ready")]
    public async Task Service_OpenRoutes_AnswerWithoutAKey()
    {
        (await server.ReadyAsync(Cancelled)).Dispose();
        using var stranger = new Api(server.Server.Url, "");
        Assert.Equal("ok", (string)(await stranger.GetAsync("/healthz", Cancelled)).Json!["status"]!);
        Assert.Equal("ok", (string)(await stranger.GetAsync("/readyz", Cancelled)).Json!["status"]!);
        Assert.Contains("atoll_http_request_seconds_count{", (await stranger.GetAsync("/metrics", Cancelled)).Text, StringComparison.Ordinal);
        (await stranger.GetAsync("/v1/info", Cancelled)).ShouldBe(HttpStatusCode.Unauthorized, "unauthenticated");
    }

    [Fact, Operation("whoAmI", "info", "doctor")]
    public async Task Service_SaysWhoAsksAndWhatThisHostCan()
    {
        using var api = await server.ReadyAsync(Cancelled);
        Assert.NotNull((await api.GetAsync("/v1/whoami", Cancelled)).Json!["team"]);
        var info = (await api.GetAsync("/v1/info", Cancelled)).Json!;
        Assert.Equal(["container", "gvisor"], ((JsonArray)info["isolation"]!).Select(kind => (string)kind!["kind"]!).Order(StringComparer.Ordinal));
        Assert.Contains((JsonArray)info["templates"]!, template => (string)template!["name"]! == "minimal");
        Assert.NotEmpty((JsonArray)(await api.GetAsync("/v1/doctor", Cancelled)).Json!["checks"]!);
    }

    [Fact]
    public async Task Document_Served_IsTheOneCheckedIn()
    {
        using var api = await server.ReadyAsync(Cancelled);
        var served = (await api.GetAsync("/openapi/v1.json", Cancelled)).Json!;
        Assert.Equal(Operations.All.Order(StringComparer.Ordinal), ((JsonObject)served["paths"]!).SelectMany(path => (JsonObject)path.Value!).Select(operation => (string)operation.Value!["operationId"]!).Order(StringComparer.Ordinal));
    }

    [Fact, Operation("createKey", "listKeys", "revokeKey")]
    public async Task Keys_MadeUsedAndRevoked_OpenNothingAnyMore()
    {
        using var api = await server.ReadyAsync(Cancelled);
        var made = await api.PostAsync("/v1/keys", new JsonObject { ["name"] = "second" }, Cancelled);
        Assert.True(made.Status == HttpStatusCode.Created, made.Text);
        var secret = (string)made.Json!["key"]!;
        using var second = new Api(server.Server.Url, secret);
        Assert.Equal("second", (string)(await second.GetAsync("/v1/whoami", Cancelled)).Json!["keyName"]!);
        var listed = await api.GetAsync("/v1/keys", Cancelled);
        Assert.Contains((JsonArray)listed.Json!["items"]!, key => (string)key!["name"]! == "second");
        Assert.DoesNotContain(secret, listed.Text, StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.NoContent, (await api.DeleteAsync($"/v1/keys/{made.Json["id"]}", Cancelled)).Status);
        (await second.GetAsync("/v1/whoami", Cancelled)).ShouldBe(HttpStatusCode.Unauthorized, "unauthenticated");
        Assert.DoesNotContain(secret, server.Server.ReadLog(), StringComparison.Ordinal);
    }
}
