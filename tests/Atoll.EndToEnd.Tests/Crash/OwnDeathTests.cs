using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;

namespace Atoll.EndToEnd.Tests.Crash;

/// <summary>A sandbox that dies by itself loses its processes and nothing else.</summary>
public sealed class OwnDeathTests : CrashTest
{
    [Theory]
    [InlineData(GVisor)]
    [InlineData(Container)]
    public async Task ProcessOne_Killed_IsStoppedAndItsDiskIsThere(string isolation)
    {
        await StartAsync();
        var id = await CreateAsync(isolation, "mortal");
        await ShellAsync(id, "echo kept > /tmp/kept && sync");
        Kill(Holdings.Process(Server, id));
        await AssertStoppedByAsync(id, "agent_died");
        await AssertStartsAsync(id);
        Assert.Equal("kept\n", await ShellAsync(id, "cat /tmp/kept"));
        Assert.Empty(Holdings.Besides(Server, [id]));
        Assert.Equal(HttpStatusCode.NoContent, (await Api.DeleteAsync($"/v1/sandboxes/{id}", Cancellation)).Status);
        await AssertNothingLeftAsync(id);
        await CreateAsync(isolation, "mortal");
    }

    [Theory]
    [InlineData(GVisor, false)]
    [InlineData(Container, false)]
    [InlineData(Container, true)]
    public async Task ProcessOne_KilledWhileTheServerWasAway_IsStoppedAtTheStart(string isolation, bool kill)
    {
        await StartAsync();
        var id = await CreateAsync(isolation, "mortal");
        var other = await CreateAsync(isolation, "other");
        await ShellAsync(id, "echo kept > /tmp/kept && sync");
        await EndAsync(kill);
        Kill(Holdings.Process(Server, id));
        await StartAsync();
        await AssertStoppedByAsync(id, "host_restart");
        Assert.Empty(Holdings.Besides(Server, [other, id]));
        await ShellAsync(other, "true");

        // Nothing in it did that: whoever uses it wakes it.
        Assert.Equal("kept\n", await ShellAsync(id, "cat /tmp/kept"));
    }

    [Theory]
    [InlineData(GVisor)]
    [InlineData(Container)]
    public async Task MemoryLimit_Reached_NeighbourAndServerGoOn(string isolation)
    {
        await StartAsync();
        var neighbour = await CreateAsync(isolation);
        var id = await CreateAsync(isolation, memoryMiB: 128);
        await ShellAsync(id, "echo kept > /tmp/kept && sync");
        using var call = await TryEatMemoryAsync(id);
        if (!call.IsSuccessStatusCode || (string?)(await GetAsync(id))["state"] is not "running")
        {
            // Its kernel is one process to the host's: where it does not refuse the memory itself, the limit ends the whole sandbox.
            await AssertStoppedByAsync(id, "out_of_memory");
            await AssertStartsAsync(id);
        }

        // Else the kernel kills the eater, or refuses it, and the rest of the sandbox goes on.
        Assert.Equal("kept\n", await ShellAsync(id, "cat /tmp/kept"));
        await ShellAsync(neighbour, "true");
    }

    [Theory]
    [InlineData(GVisor)]
    [InlineData(Container)]
    public async Task ProcessLimit_Flooded_ItGoesOnOrCanBeStartedWithItsDisk(string isolation)
    {
        await StartAsync();
        var body = Body(isolation, "flooded");
        body["processes"] = 60;
        var id = await Api.CreateAsync(body, Cancellation);
        await ShellAsync(id, "echo kept > /tmp/kept && sync");
        await Api.PostAsync($"/v1/sandboxes/{id}/exec", new JsonObject { ["command"] = "for i in $(seq 300); do sleep 600 & done", ["timeoutSeconds"] = 20 }, Cancellation);
        var state = (string?)(await GetAsync(id))["state"];
        if (state == "running") Assert.Equal(HttpStatusCode.OK, (await Api.PostAsync($"/v1/sandboxes/{id}/stop", null, Cancellation)).Status);
        await Api.PostAsync($"/v1/sandboxes/{id}/start", null, Cancellation);
        Assert.Equal("kept\n", await ShellAsync(id, "cat /tmp/kept"));
    }

    private async Task<HttpResponseMessage> TryEatMemoryAsync(string id)
    {
        using var body = new StringContent("""{"command":"x=aaaaaaaaaaaaaaaa; while true; do x=$x$x; done","timeoutSeconds":30}""", System.Text.Encoding.UTF8, "application/json");
        return await Api.Http.PostAsync($"/v1/sandboxes/{id}/exec", body, Cancellation);
    }

    private static void Kill(int process)
    {
        using var kill = Process.Start("kill", ["-KILL", process.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }
}
