using System.Net;
using System.Text.Json.Nodes;
using Atoll.Testing;

namespace Atoll.EndToEnd.Tests.Crash;

/// <summary>A server of the test's own, prepared with the smallest template, that the test stops, kills and starts as it likes. One test at a time: each measures the host.</summary>
[Collection("crash")]
public abstract class CrashTest : IAsyncLifetime
{
    protected const string GVisor = "gvisor";
    protected const string Container = "container";
    private Api? _api;

    protected RealServer Server { get; } = new();

    protected Api Api => _api ?? throw new InvalidOperationException("The server was not started yet.");

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Requires.Root();
        await Server.PrepareAsync(Cancellation, "minimal");
        Server.Configure("ATOLL__SANDBOXES__DEFAULTS__TEMPLATE", "minimal");
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (TestContext.Current.TestState?.Result == TestResult.Failed) TestContext.Current.TestOutputHelper?.WriteLine(Server.ReadLog());
        _api?.Dispose();
        await Server.DisposeAsync();
    }

    protected async Task StartAsync()
    {
        await Server.StartAsync(Cancellation);
        _api?.Dispose();
        _api = new Api(Server.Url, Server.ApiKey);
    }

    /// <summary>Ends the server as <paramref name="kill"/> says.</summary>
    protected Task EndAsync(bool kill) => kill ? Server.KillAsync(Cancellation) : Server.StopAsync(Cancellation);

    protected Task<string> CreateAsync(string isolation, string? name = null, JsonObject? lifecycle = null, int? memoryMiB = null) => Api.CreateAsync(Body(isolation, name, lifecycle, memoryMiB), Cancellation);

    protected static JsonObject Body(string isolation, string? name = null, JsonObject? lifecycle = null, int? memoryMiB = null)
    {
        var body = new JsonObject { ["template"] = "minimal", ["isolation"] = isolation };
        if (name is not null) body["name"] = name;
        if (lifecycle is not null) body["lifecycle"] = lifecycle;
        if (memoryMiB is not null) body["memoryMiB"] = memoryMiB;
        return body;
    }

    /// <summary>What the API says of it now.</summary>
    protected async Task<JsonNode> GetAsync(string sandbox)
    {
        var answer = await Api.GetAsync($"/v1/sandboxes/{sandbox}", Cancellation);
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
        return answer.Json!;
    }

    /// <summary>Runs a line and checks that it succeeds; its stdout.</summary>
    protected async Task<string> ShellAsync(string sandbox, string command)
    {
        var result = await Api.ExecAsync(sandbox, command, Cancellation);
        Assert.True((int)result["exitCode"]! == 0, result.ToJsonString());
        return (string)result["stdout"]!;
    }

    /// <summary>Starts a process that goes on without a client.</summary>
    protected async Task StartProcessAsync(string sandbox, string command, string tag)
    {
        var answer = await Api.PostAsync($"/v1/sandboxes/{sandbox}/processes", new JsonObject { ["command"] = command, ["tag"] = tag }, Cancellation);
        Assert.True(answer.Status == HttpStatusCode.Created, answer.Text);
    }

    /// <summary>What a process has written so far, from its first byte.</summary>
    protected async Task<string> OutputAsync(string sandbox, string tag)
    {
        var answer = await Api.GetAsync($"/v1/sandboxes/{sandbox}/processes/{tag}/output?offset=0&follow=false", Cancellation);
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
        return string.Concat(answer.Text.Split('\n').Where(line => line.StartsWith("data: ", StringComparison.Ordinal)).Select(line => (string?)JsonNode.Parse(line[6..])!["data"]));
    }

    /// <summary>Waits for the end of a sandbox, and returns it as it is then.</summary>
    protected async Task<JsonNode> EndedAsync(string sandbox, TimeSpan? limit = null)
    {
        JsonNode last = new JsonObject();
        await Eventually.HoldsAsync($"sandbox {sandbox} has ended", async () => (string?)(last = await GetAsync(sandbox))["endedAt"] is not null, Cancellation, limit);
        return last;
    }

    /// <summary>Waits until a fault has stopped it: with its reason, its disk and a time until which that is kept; the last event says so.</summary>
    protected async Task AssertStoppedByAsync(string sandbox, string reason)
    {
        JsonNode last = new JsonObject();
        await Eventually.HoldsAsync($"sandbox {sandbox} has stopped", async () => (string?)(last = await GetAsync(sandbox))["state"] is not "running", Cancellation);
        AssertEnded(last, "stopped", reason);
        Assert.True((DateTimeOffset?)last["keptUntil"] > TimeProvider.System.GetUtcNow().AddHours(23), last.ToJsonString());
        await AssertEndEventAsync(sandbox, "sandbox.stopped", reason);
        await Eventually.HoldsAsync(
            $"{sandbox} has its disk alone", () => HostTraces.Of(Server, sandbox).All(trace => trace.StartsWith("folder ", StringComparison.Ordinal) && trace.EndsWith("/sandboxes/" + sandbox, StringComparison.Ordinal)), Cancellation);
    }

    /// <summary>No call wakes it; once somebody has started it, it is as any other.</summary>
    protected async Task AssertStartsAsync(string sandbox)
    {
        (await Api.PostAsync($"/v1/sandboxes/{sandbox}/exec", new JsonObject { ["command"] = "true" }, Cancellation)).ShouldBe(HttpStatusCode.Conflict, "sandbox_stopped");
        var started = await Api.PostAsync($"/v1/sandboxes/{sandbox}/start", null, Cancellation);
        Assert.True(started.Status == HttpStatusCode.OK && started.Json!["keptUntil"] is null && started.Json["stateReason"] is null, started.Text);
    }

    protected static void AssertEnded(JsonNode sandbox, string state, string reason) =>
        Assert.True((string?)sandbox["state"] == state && (string?)sandbox["stateReason"] == reason, $"expected {state} {reason}: {sandbox.ToJsonString()}");

    /// <summary>The events of the whole team, oldest first.</summary>
    protected async Task<IReadOnlyList<JsonNode>> EventsAsync()
    {
        var events = new List<JsonNode>();
        for (string? cursor = "0"; cursor is not null;)
        {
            var answer = await Api.GetAsync($"/v1/events?limit=100&cursor={cursor}", Cancellation);
            Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
            events.AddRange(answer.Json!["items"]!.AsArray().Select(item => item!));
            cursor = (string?)answer.Json["nextCursor"];
        }

        return events;
    }

    /// <summary>The last event of a sandbox is its end, with this reason.</summary>
    protected async Task AssertEndEventAsync(string sandbox, string type, string? reason)
    {
        var last = (await EventsAsync()).Last(happened => (string?)happened["sandbox"] == sandbox);
        Assert.True((string?)last["type"] == type && (string?)last["reason"] == reason, $"expected {type} {reason}: {last.ToJsonString()}");
    }

    /// <summary>Nothing of the sandbox is left, soon: what is merely tidied may take a moment.</summary>
    protected Task AssertNothingLeftAsync(string sandbox) =>
        Eventually.HoldsAsync($"nothing of {sandbox} is left: {string.Join("; ", HostTraces.Of(Server, sandbox))}", () => HostTraces.Of(Server, sandbox).Count == 0, Cancellation);
}
