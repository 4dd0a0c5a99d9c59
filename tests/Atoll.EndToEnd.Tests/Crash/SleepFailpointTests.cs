using System.Net;
using System.Text.Json.Nodes;
using Atoll.Testing;

namespace Atoll.EndToEnd.Tests.Crash;

/// <summary>The server dies, as by kill -9, right after each step of falling asleep and waking; the next one completes or undoes it. Nothing is lost or left, and the same step then works.</summary>
[Collection("failpoints of sleep")]
public sealed class SleepFailpointTests : FailpointTest
{
    [Theory]
    [InlineData(Container)]
    [InlineData(GVisor)]
    public async Task Stop_KilledAtEachStep_IsCompleted(string isolation)
    {
        await StartAsync();
        var id = await CreateAsync(isolation, "web");
        foreach (var step in (string[])["noted", "ended", "saved", "done"])
        {
            await ShellAsync(id, $"echo {step} > /tmp/step");
            await DieAtAsync("stop." + step, () => Api.PostAsync($"/v1/sandboxes/{id}/stop", null, Cancellation));

            Assert.Equal("stopped", (string?)(await GetAsync("web"))["state"]);
            await AssertAtRestAsync(id);
            Assert.Single(await EventsAsync(), happened => (string?)happened["type"] == "sandbox.stopped" && (long)happened["sequence"]! > Seen);
            Assert.Equal(step + "\n", await ShellAsync(id, "cat /tmp/step"));
            await AssertAloneAsync(id);
        }
    }

    [Theory]
    [InlineData(Container)]
    [InlineData(GVisor)]
    public async Task Start_KilledAtEachStep_IsUndoneOrDone(string isolation)
    {
        await StartAsync();
        var id = await CreateAsync(isolation, "web");
        await ShellAsync(id, "echo kept > /tmp/kept");
        foreach (var step in (string[])["noted", "started", "saved", "done"])
        {
            Assert.Equal(HttpStatusCode.OK, (await Api.PostAsync($"/v1/sandboxes/{id}/stop", null, Cancellation)).Status);
            await DieAtAsync("wake." + step, () => Api.PostAsync($"/v1/sandboxes/{id}/start", null, Cancellation));

            var running = step is "saved" or "done";
            Assert.Equal(running ? "running" : "stopped", (string?)(await GetAsync("web"))["state"]);
            if (!running) await AssertAtRestAsync(id);
            Assert.Equal("kept\n", await ShellAsync(id, "cat /tmp/kept"));
            await AssertAloneAsync(id);
        }

        Assert.Equal(HttpStatusCode.NoContent, (await Api.DeleteAsync($"/v1/sandboxes/{id}", Cancellation)).Status);
        await AssertNothingLeftAsync(id);
    }

    [Theory]
    [InlineData(Container)]
    [InlineData(GVisor)]
    public async Task Suspend_AndWakeKilledAtEachStep_AreCompletedOrUndone(string isolation)
    {
        await StartAsync();
        var id = await CreateAsync(isolation, "web");
        await StartProcessAsync(id, "i=0; while true; do i=$((i+1)); echo $i > /tmp/count; sleep 0.1; done", "count");
        var suspended = await Api.PostAsync($"/v1/sandboxes/{id}/suspend", null, Cancellation);
        if (suspended.Status != HttpStatusCode.OK)
        {
            suspended.ShouldBe(HttpStatusCode.BadRequest, "not_supported");
            Assert.Skip((string)suspended.Json!["detail"]!);
        }

        foreach (var step in (string[])["noted", "memory", "sealed", "saved", "ended", "done"])
        {
            var before = await CountAsync(id);
            await DieAtAsync("suspend." + step, () => Api.PostAsync($"/v1/sandboxes/{id}/suspend", null, Cancellation));

            // Before the memory is whole it goes on; where its runtime has ended it by then, its disk is there.
            var state = (string?)(await GetAsync(id))["state"];
            Assert.Contains(state, step is "noted" ? ["running"] : step is "memory" ? ["running", "stopped"] : (string[])["suspended"]);
            if (state == "stopped") await StartProcessAsync(id, $"i={before}; while true; do i=$((i+1)); echo $i > /tmp/count; sleep 0.1; done", "count");
            await Eventually.HoldsAsync("it counts on", async () => await CountAsync(id) > before, Cancellation);
            await AssertAloneAsync(id);
        }

        foreach (var step in (string[])["noted", "started", "saved", "done"])
        {
            var before = await CountAsync(id);
            Assert.Equal(HttpStatusCode.OK, (await Api.PostAsync($"/v1/sandboxes/{id}/suspend", null, Cancellation)).Status);
            await DieAtAsync("wake." + step, () => Api.PostAsync($"/v1/sandboxes/{id}/resume", null, Cancellation));
            Assert.Equal(step is "saved" or "done" ? "running" : "suspended", (string?)(await GetAsync(id))["state"]);
            await Eventually.HoldsAsync("it counts on", async () => await CountAsync(id) > before, Cancellation);
            await AssertAloneAsync(id);
        }

        Assert.Equal(HttpStatusCode.NoContent, (await Api.DeleteAsync($"/v1/sandboxes/{id}", Cancellation)).Status);
        await AssertNothingLeftAsync(id);
    }

    [Theory]
    [InlineData(Container, true)]
    [InlineData(GVisor, false)]
    public async Task Paused_WhenTheServerDies_StaysPaused(string isolation, bool kill)
    {
        await StartAsync();
        var id = await CreateAsync(isolation, "web", new JsonObject { ["wakeOn"] = new JsonArray() });
        await StartProcessAsync(id, "i=0; while true; do i=$((i+1)); echo $i > /tmp/count; sleep 0.1; done", "count");
        var stopped = await CreateAsync(isolation, "disk");
        await ShellAsync(stopped, "echo kept > /tmp/kept");
        Assert.Equal(HttpStatusCode.OK, (await Api.PostAsync($"/v1/sandboxes/{stopped}/stop", null, Cancellation)).Status);
        await Eventually.HoldsAsync("it counts", async () => await CountAsync(id) > 2, Cancellation);
        Assert.Equal(HttpStatusCode.OK, (await Api.PostAsync($"/v1/sandboxes/{id}/pause", null, Cancellation)).Status);
        var count = File.ReadAllText(CountFile(id));

        await EndAsync(kill);
        await StartAsync();

        Assert.Equal("paused", (string?)(await GetAsync(id))["state"]);
        (await Api.PostAsync($"/v1/sandboxes/{id}/exec", new JsonObject { ["command"] = "true" }, Cancellation)).ShouldBe(HttpStatusCode.Conflict, "sandbox_paused");
        Assert.Equal(count, File.ReadAllText(CountFile(id)));
        Assert.Equal(HttpStatusCode.OK, (await Api.PostAsync($"/v1/sandboxes/{id}/resume", null, Cancellation)).Status);
        await Eventually.HoldsAsync("it counts on", async () => await CountAsync(id) > (int.TryParse(count, out var at) ? at : 0), Cancellation);
        Assert.Equal("kept\n", await ShellAsync("disk", "cat /tmp/kept"));
        Assert.Empty(Holdings.Besides(Server, [id, stopped]));
    }

    private string CountFile(string id) => Path.Combine(Server.StateDirectory, "pool", "sandboxes", id, "tmp", "count");

    private async Task<int> CountAsync(string id) => int.TryParse(await ShellAsync(id, "cat /tmp/count"), out var count) ? count : 0;

    /// <summary>It has a disk and nothing else.</summary>
    private Task AssertAtRestAsync(string id) => Eventually.HoldsAsync(
        $"{id} is at rest", () => HostTraces.Of(Server, id).All(trace => trace.StartsWith("folder ", StringComparison.Ordinal) && trace.EndsWith("/sandboxes/" + id, StringComparison.Ordinal)), Cancellation);

    /// <summary>It is all there is on the host, and no saved disk or memory is left.</summary>
    private async Task AssertAloneAsync(string id)
    {
        await Eventually.HoldsAsync("nothing else is on the host", () => Holdings.Besides(Server, [id]).Count == 0, Cancellation);
        foreach (var folder in (string[])["checkpoints", "staged", "suspended"])
        {
            var path = Path.Combine(Server.StateDirectory, "pool", folder);
            if (Directory.Exists(path)) Assert.Empty(Directory.EnumerateFileSystemEntries(path));
        }
    }
}
