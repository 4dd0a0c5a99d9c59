using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Atoll.Testing;

namespace Atoll.EndToEnd.Tests.Crash;

/// <summary>PostgreSQL goes away under a server with running sandboxes, and comes back.</summary>
public sealed class DatabaseGoneTests : CrashTest
{
    // Stands for a minute: what matters is that every kind of call is made while it is gone, and more than once.
    private const int Rounds = 5;

    [Fact]
    public async Task Postgres_GoneAndBack_SandboxesGoOnChangesAreRefusedNothingIsLostOrDoubled()
    {
        await using PostgresServer postgres = new();
        await using var database = await postgres.NewDatabaseAsync(Cancellation);
        Server.Configure("ATOLL__STORE__CONNECTIONSTRING", database.ConnectionString);
        Server.Configure("ATOLL__STORE__BUSYTIMEOUTSECONDS", "2");
        await StartAsync();
        var before = await CreateAsync(Container, "before", new JsonObject { ["timeoutSeconds"] = 0 });
        await ShellAsync(before, "echo kept > /tmp/file");
        await postgres.StopAsync(Cancellation);

        for (var round = 0; round < Rounds; round++)
        {
            Assert.Equal("kept\n", await ShellAsync(before, "cat /tmp/file"));
            await AssertRefusedAsync(HttpMethod.Post, "/v1/sandboxes", Body(Container, "during"));
            await AssertRefusedAsync(HttpMethod.Patch, $"/v1/sandboxes/{before}", new JsonObject { ["name"] = "other" });
            await AssertRefusedAsync(HttpMethod.Delete, $"/v1/sandboxes/{before}", null);
            Assert.Equal("running", (string)(await GetAsync(before))["state"]!);
        }

        await postgres.StartAsync(Cancellation);

        // By itself: no restart, no waiting longer than it told its callers to.
        var during = await CreateAsync(Container, "during");
        var listed = (JsonArray)(await Api.GetAsync("/v1/sandboxes", Cancellation)).Json!["items"]!;
        Assert.Equal(new[] { before, during }.Order(), listed.Select(sandbox => (string)sandbox!["id"]!).Order());
        Assert.Equal("kept\n", await ShellAsync(before, "cat /tmp/file"));
        foreach (var sandbox in (string[])[before, during])
        {
            Assert.Equal(HttpStatusCode.NoContent, (await Api.DeleteAsync($"/v1/sandboxes/{sandbox}", Cancellation)).Status);
            await AssertNothingLeftAsync(sandbox);
        }

        await EndAsync(kill: false);
    }

    private async Task AssertRefusedAsync(HttpMethod method, string path, JsonNode? body)
    {
        using HttpRequestMessage request = new(method, path);
        if (body is not null) request.Content = new StringContent(body.ToJsonString(), System.Text.Encoding.UTF8, "application/json");
        using var response = await Api.Http.SendAsync(request, Cancellation);
        var text = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.True(response.StatusCode == HttpStatusCode.ServiceUnavailable, text);
        Assert.Equal("store_unavailable", (string)JsonNode.Parse(text)!["code"]!);
        Assert.InRange(int.Parse(response.Headers.GetValues("Retry-After").Single(), CultureInfo.InvariantCulture), 1, 60);
    }
}
