using System.Net;
using System.Text.Json.Nodes;

namespace Atoll.EndToEnd.Tests.Crash;

public sealed class LifetimeTests : CrashTest
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task TimeLimits_IdlenessTimeoutAndExtension_EndWhenAndWhyTheySay()
    {
        await StartAsync();
        var time = TimeProvider.System;
        var idle = await CreateAsync(GVisor, "idle", new JsonObject { ["idleSeconds"] = 4, ["onIdle"] = "delete" });
        var busy = await CreateAsync(Container, "busy", new JsonObject { ["idleSeconds"] = 4, ["onIdle"] = "delete" });
        await StartProcessAsync(busy, "while true; do :; done", "spin");
        var timed = await CreateAsync(Container, "timed", new JsonObject { ["timeoutSeconds"] = 4 });
        var extended = await CreateAsync(GVisor, "extended", new JsonObject { ["timeoutSeconds"] = 4 });
        var answer = await Api.PostAsync($"/v1/sandboxes/{extended}/extend", new JsonObject { ["seconds"] = 20 }, Cancellation);
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
        var until = (DateTimeOffset)answer.Json!["expiresAt"]!;
        Assert.InRange(until - time.GetUtcNow(), TimeSpan.FromSeconds(18), TimeSpan.FromSeconds(20));

        // Asked for by events and not by use: a look is no use either, but the list must not keep anything awake.
        var ended = await EndedAsync(timed, Limit);
        AssertEnded(ended, "deleted", "timeout");
        Assert.InRange((DateTimeOffset)ended["endedAt"]! - (DateTimeOffset)ended["expiresAt"]!, TimeSpan.Zero, TimeSpan.FromSeconds(3));
        ended = await EndedAsync(idle, Limit);
        AssertEnded(ended, "deleted", "idle");
        Assert.InRange((DateTimeOffset)ended["endedAt"]! - (DateTimeOffset)ended["startedAt"]!, TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(12));
        Assert.Equal("running", (string?)(await GetAsync(busy))["state"]);
        ended = await EndedAsync(extended, Limit);
        AssertEnded(ended, "deleted", "timeout");
        Assert.InRange((DateTimeOffset)ended["endedAt"]! - until, TimeSpan.Zero, TimeSpan.FromSeconds(3));
        foreach (var (id, reason) in new[] { (timed, "timeout"), (idle, "idle"), (extended, "timeout") })
        {
            await AssertEndEventAsync(id, "sandbox.deleted", reason);
            await AssertNothingLeftAsync(id);
        }

        Assert.Contains(await EventsAsync(), happened => (string?)happened["type"] == "sandbox.extended" && (string?)happened["sandbox"] == extended);
        (await Api.PostAsync($"/v1/sandboxes/{timed}/exec", new JsonObject { ["command"] = "true" }, Cancellation)).ShouldBe(HttpStatusCode.Gone, "sandbox_ended");
        Assert.Equal("running", (string?)(await GetAsync(busy))["state"]);
    }
}
