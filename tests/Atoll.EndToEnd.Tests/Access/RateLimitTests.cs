using System.Net;
using System.Text.Json.Nodes;
using Atoll.Testing;

namespace Atoll.EndToEnd.Tests.Access;

/// <summary>A server of its own whose limits are small enough to be reached.</summary>
public sealed class RateLimitTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Requests_TooFast_AreToldWhenToComeBackAndOthersGoOn()
    {
        Requires.Root();
        await using var server = new RealServer();
        server.Configure("ATOLL__SERVER__RATES__REQUESTSPERSECOND", "1");
        server.Configure("ATOLL__SERVER__RATES__REQUESTBURST", "10");
        server.Configure("ATOLL__SERVER__RATES__FAILEDKEYSPERMINUTE", "5");
        await server.PrepareAsync(Cancelled, "minimal");
        await server.StartAsync(Cancelled);
        using var api = new Api(server.Url, server.ApiKey);
        var made = await api.PostAsync("/v1/keys", new JsonObject { ["name"] = "calm" }, Cancelled);
        var unused = await api.PostAsync("/v1/keys", new JsonObject { ["name"] = "unused" }, Cancelled);
        using var calm = new Api(server.Url, (string)made.Json!["key"]!);
        Assert.Equal(HttpStatusCode.OK, (await calm.GetAsync("/v1/whoami", Cancelled)).Status);

        // One key's flood. A burst of 10 and one more each second: a hundred at once are too many however slow this host is.
        var flood = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => api.Http.GetAsync("/v1/whoami", Cancelled)));
        Assert.Contains(flood, response => response.StatusCode == HttpStatusCode.OK);
        var refused = flood.First(response => response.StatusCode == HttpStatusCode.TooManyRequests);
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
        Assert.Contains("\"rate_limited\"", await refused.Content.ReadAsStringAsync(Cancelled), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await calm.GetAsync("/v1/whoami", Cancelled)).Status);

        // Wrong keys: the address is told to wait; who has a valid key behind it is heard, also with one that was never used before.
        using var wrong = new Api(server.Url, "atoll_" + new string('x', 43));
        var guesses = new List<Answer>();
        for (var i = 0; i < 40 && guesses.All(answer => answer.Status == HttpStatusCode.Unauthorized); i++) guesses.Add(await wrong.GetAsync("/v1/whoami", Cancelled));
        guesses[^1].ShouldBe(HttpStatusCode.TooManyRequests, "rate_limited");
        Assert.InRange(guesses.Count, 6, 12);
        var more = await Task.WhenAll(Enumerable.Range(0, 300).Select(i => wrong.GetAsync("/v1/whoami", Cancelled)));
        Assert.InRange(more.Count(answer => answer.Status == HttpStatusCode.Unauthorized), 0, 5);
        using var fresh = new Api(server.Url, (string)unused.Json!["key"]!);
        Assert.Equal(HttpStatusCode.OK, (await fresh.GetAsync("/v1/whoami", Cancelled)).Status);
        Assert.Equal(HttpStatusCode.OK, (await calm.GetAsync("/v1/whoami", Cancelled)).Status);
        foreach (var response in flood) response.Dispose();
    }
}
