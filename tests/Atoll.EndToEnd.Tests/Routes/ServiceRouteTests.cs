using System.Net;
using System.Text.Json.Nodes;
using Atoll.Testing;

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

    [Fact, Operation("readUsage", "readUsageRates")]
    public async Task Usage_OfASandboxThatWorkedAndEnded_IsAccountedFor()
    {
        using var api = await server.ReadyAsync(Cancelled);
        var id = await api.CreateAsync(new JsonObject { ["template"] = "minimal", ["isolation"] = "container" }, Cancelled);
        await api.ExecAsync(id, "i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done; dd if=/dev/zero of=/root/file bs=1M count=8 2>/dev/null; sync", Cancelled, "root");
        Assert.Equal(HttpStatusCode.NoContent, (await api.DeleteAsync($"/v1/sandboxes/{id}", Cancelled)).Status);

        JsonNode? line = null;
        await Eventually.HoldsAsync(
            "it is in the accounts",
            async () => (line = ((JsonArray)(await api.GetAsync($"/v1/usage?sandbox={id}", Cancelled)).Json!["items"]!).FirstOrDefault()) is not null,
            Cancelled,
            TimeSpan.FromSeconds(40));
        Assert.True((double)line!["cpuSeconds"]! > 0.01 && (double)line["runningSeconds"]! > 0 && (double)line["memoryUsedMiBSeconds"]! > 0 && (double)line["memoryReservedMiBSeconds"]! > 0, line.ToJsonString());
        var csv = (await api.GetAsync($"/v1/usage?sandbox={id}&groupBy=sandbox&format=csv", Cancelled)).Text;
        Assert.Contains($"\r\n{id},,", csv, StringComparison.Ordinal);
        Assert.Equal("USD", (string)(await api.GetAsync("/v1/usage/rates", Cancelled)).Json!["currency"]!);
    }

    [Fact]
    public async Task Dashboard_EveryMetricItAsksFor_IsToldAtMetrics()
    {
        using var api = await server.ReadyAsync(Cancelled);
        var told = (await api.GetAsync("/metrics", Cancelled)).Text.Split('\n').Where(line => line.StartsWith("# TYPE ", StringComparison.Ordinal))
            .Select(line => line.Split(' ')).SelectMany(words => words[3] == "histogram" ? (string[])[words[2] + "_bucket", words[2] + "_sum", words[2] + "_count"] : [words[2]]).ToHashSet();
        var dashboard = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(RealServer.Repository, "docs", "grafana", "atoll.json"), Cancelled))!;
        var asked = ((JsonArray)dashboard["panels"]!).SelectMany(panel => (JsonArray)panel!["targets"]!).Select(target => (string)target!["expr"]!)
            .SelectMany(expression => System.Text.RegularExpressions.Regex.Matches(expression, "\\b(?:atoll|process|dotnet)_[a-z0-9_]+").Select(match => match.Value)).ToHashSet();
        Assert.True(asked.Count > 20);
        Assert.Empty(asked.Except(told));
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
