using System.Diagnostics;
using System.Globalization;

namespace Atoll.EndToEnd.Tests.Crash;

public sealed class OwnDeathTests : CrashTest
{
    [Theory]
    [InlineData(GVisor)]
    [InlineData(Container)]
    public async Task ProcessOne_Killed_SandboxFailsAndIsFreed(string isolation)
    {
        await StartAsync();
        var id = await CreateAsync(isolation, "mortal");
        Kill(Holdings.Process(Server, id));
        AssertEnded(await EndedAsync(id), "failed", "agent_died");
        await AssertEndEventAsync(id, "sandbox.failed", "agent_died");
        await AssertNothingLeftAsync(id);
        Assert.Empty(Holdings.Besides(Server, []));
        await CreateAsync(isolation, "mortal");
    }

    [Theory]
    [InlineData(GVisor, false)]
    [InlineData(Container, false)]
    [InlineData(Container, true)]
    public async Task ProcessOne_KilledWhileTheServerWasAway_SandboxFailsAtTheStart(string isolation, bool kill)
    {
        await StartAsync();
        var id = await CreateAsync(isolation, "mortal");
        var other = await CreateAsync(isolation, "other");
        await EndAsync(kill);
        Kill(Holdings.Process(Server, id));
        await StartAsync();
        AssertEnded(await EndedAsync(id), "failed", "host_restart");
        await AssertEndEventAsync(id, "sandbox.failed", "host_restart");
        await AssertNothingLeftAsync(id);
        Assert.Empty(Holdings.Besides(Server, [other]));
        await ShellAsync(other, "true");
    }

    [Theory]
    [InlineData(GVisor)]
    [InlineData(Container)]
    public async Task MemoryLimit_Reached_NeighbourAndServerGoOn(string isolation)
    {
        await StartAsync();
        var neighbour = await CreateAsync(isolation);
        var id = await CreateAsync(isolation, memoryMiB: 128);
        using var call = await TryEatMemoryAsync(id);
        var sandbox = await GetAsync(id);
        if (!call.IsSuccessStatusCode || (string?)sandbox["endedAt"] is not null)
        {
            // Its kernel is one process to the host's: where it does not refuse the memory itself, the limit ends the whole sandbox.
            AssertEnded(await EndedAsync(id), "failed", "out_of_memory");
            await AssertEndEventAsync(id, "sandbox.failed", "out_of_memory");
            await AssertNothingLeftAsync(id);
        }
        else
        {
            // The kernel kills the eater, or refuses it, and the rest of the sandbox goes on.
            await ShellAsync(id, "true");
        }

        await ShellAsync(neighbour, "true");
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
