using System.Net;
using System.Text.Json.Nodes;
using Atoll.Testing;

namespace Atoll.EndToEnd.Tests.Crash;

/// <summary>A policy that says suspend never does worse: what cannot be suspended goes on.</summary>
public sealed class SuspendPolicyTests : CrashTest
{
    [Fact]
    public async Task DeletedFileHeldOpen_PolicySaysSuspend_GoesOnSaysWhyAndIsSuspendedWhenItCanBe()
    {
        await StartAsync();
        var (going, stopping) = (await IdleAsync("going", "suspend"), await IdleAsync("stopping", "suspend_or_stop"));

        JsonNode sandbox = new JsonObject();
        await Eventually.HoldsAsync("it says why it goes on", async () => (string?)(sandbox = await GetAsync(going))["stateDetail"] is not null, Cancellation);
        Assert.True((string?)sandbox["state"] == "running" && ((string)sandbox["stateDetail"]!).Contains("deleted", StringComparison.Ordinal), sandbox.ToJsonString());
        await AssertEndEventAsync(going, "sandbox.suspend_failed", null);
        Assert.Equal("held\n", await OutputAsync(going, "holder"));
        await Eventually.HoldsAsync("the other is stopped", async () => (string?)(sandbox = await GetAsync(stopping))["state"] == "stopped", Cancellation);
        Assert.True((string?)sandbox["stateReason"] == "idle" && sandbox["keptUntil"] is null, sandbox.ToJsonString());

        await Api.PostAsync($"/v1/sandboxes/{going}/processes/holder/signal", new JsonObject { ["signal"] = "SIGKILL" }, Cancellation);
        Assert.Equal(HttpStatusCode.OK, (await Api.SendAsync(HttpMethod.Patch, $"/v1/sandboxes/{going}", """{"lifecycle":{"onIdle":"suspend"}}""", Cancellation)).Status);
        await Eventually.HoldsAsync("it is suspended", async () => (string?)(sandbox = await GetAsync(going))["state"] == "suspended", Cancellation);
        Assert.True((string?)sandbox["stateReason"] == "idle" && sandbox["stateDetail"] is null, sandbox.ToJsonString());
    }

    private async Task<string> IdleAsync(string name, string onIdle)
    {
        var id = await CreateAsync(GVisor, name);
        await StartProcessAsync(id, "exec 3>/tmp/held; rm /tmp/held; echo held; exec sleep 600", "holder");
        await Eventually.HoldsAsync("it holds a deleted file", async () => await OutputAsync(id, "holder") == "held\n", Cancellation);
        var answer = await Api.SendAsync(HttpMethod.Patch, $"/v1/sandboxes/{id}", $$$"""{"lifecycle":{"idleSeconds":3,"onIdle":"{{{onIdle}}}"}}""", Cancellation);
        Assert.SkipWhen(answer.Code == "not_supported", (string?)answer.Json?["detail"] ?? "");
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
        return id;
    }
}
