using System.Text.Json.Nodes;
using Atoll.Testing;

namespace Atoll.EndToEnd.Tests.Demonstrations;

/// <summary>One sandbox takes all it can; its neighbour, of the same kind and beside it, must not notice.</summary>
public abstract class LimitSuite(SharedServer server)
{
    protected abstract string Isolation { get; }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Disk_Full_HurtsOnlyItsOwner()
    {
        await BesideANeighbourAsync(new() { ["diskMiB"] = 64 }, async (api, id) =>
        {
            var filled = await api.ExecAsync(id, "dd if=/dev/urandom of=/home/user/fill bs=1M count=200; sync", Cancelled);
            Assert.Matches("No space left on device|Disk quota exceeded", (string)filled["stderr"]!);
            await api.ExecAsync(id, "rm -f /home/user/fill", Cancelled);
            await Eventually.HoldsAsync("there is room again", async () => (int)(await api.ExecAsync(id, "echo small > /home/user/small && sync", Cancelled))["exitCode"]! == 0, Cancelled);
        });
    }

    [Fact]
    public async Task Memory_Bomb_EndsTheProcessAndNotTheSandbox()
    {
        await BesideANeighbourAsync(new() { ["memoryMiB"] = 128 }, async (api, id) =>
        {
            for (var round = 0; round < 2; round++)
            {
                // Keeps all that it reads: as fast as the machine can, and with no end that it could come to.
                var bomb = await api.ExecAsync(id, "head -c 2000m /dev/zero | tail -c 2000m", Cancelled);
                Assert.True((int)bomb["exitCode"]! == 137, bomb.ToJsonString());
                Assert.Equal("alive\n", (string)(await api.ExecAsync(id, "echo alive", Cancelled))["stdout"]!);
            }

            await Eventually.HoldsAsync("an event says that a process was killed", async () =>
                (await api.GetAsync($"/v1/sandboxes/{id}/events", Cancelled)).Text.Contains("sandbox.process_killed", StringComparison.Ordinal), Cancelled);
            Assert.Contains("\"out_of_memory", (await api.GetAsync($"/v1/sandboxes/{id}/events", Cancelled)).Text, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task Memory_InSharedMemory_IsRefusedAndTheSandboxGoesOn()
    {
        await BesideANeighbourAsync(new() { ["memoryMiB"] = 128 }, async (api, id) =>
        {
            Assert.NotEqual(0, (int)(await api.ExecAsync(id, "dd if=/dev/zero of=/dev/shm/fill bs=1M count=300", Cancelled))["exitCode"]!);
            Assert.Equal("alive\n", (string)(await api.ExecAsync(id, "echo alive", Cancelled))["stdout"]!);
        });
    }

    [Theory]
    [InlineData("user")]
    [InlineData("root")]
    public async Task Processes_Flood_IsRefusedAndTheAgentAnswers(string user)
    {
        await BesideANeighbourAsync(new() { ["processes"] = 32 }, async (api, id) =>
        {
            for (var round = 0; round < 10; round++)
            {
                var flood = await api.ExecAsync(id, "for i in $(seq 300); do sleep 600 & done", Cancelled, user);
                Assert.True((int)flood["exitCode"]! != 0 && ((string)flood["stderr"]!).Contains("fork", StringComparison.OrdinalIgnoreCase), flood.ToJsonString());
                var metrics = await api.GetAsync($"/v1/sandboxes/{id}/metrics", Cancelled);
                Assert.All((JsonArray)metrics.Json!["items"]!, sample => Assert.InRange((int)sample!["processes"]!, 0, MostTasks));

                // What is full of processes takes its owner's commands, as long as these start no more.
                Assert.Equal("alive\n", (string)(await api.ExecAsync(id, "echo alive", Cancelled))["stdout"]!);
                await api.PostAsync($"/v1/sandboxes/{id}/exec", new JsonObject { ["command"] = "kill -9 -1", ["user"] = user }, Cancelled);
                await Eventually.HoldsAsync("there is room again", async () =>
                    (int)(await api.ExecAsync(id, "sleep 0 & wait", Cancelled))["exitCode"]! == 0, Cancelled);
            }
        });
    }

    /// <summary>One that was ready before anybody said how many processes it may have.</summary>
    [Fact]
    public async Task Processes_FloodOfAWarmSandbox_IsRefusedByTheLimitThatWasAskedFor()
    {
        using var api = await server.ReadyAsync(Cancelled);
        foreach (var processes in (int[])[40, 24, 32])
        {
            var id = await api.CreateAsync(Body(new() { ["processes"] = processes }), Cancelled);
            try
            {
                var started = await api.ExecAsync(id, "for i in $(seq 100); do sleep 600 & echo $i; done", Cancelled, "user");
                Assert.InRange(((string)started["stdout"]!).Split('\n').Length, processes / 2, processes + 1);
            }
            finally
            {
                await api.DeleteAsync($"/v1/sandboxes/{id}", Cancelled);
            }
        }
    }

    /// <summary>Two kinds of limits, of which the warm pool has one at most: what is shown is what was asked for.</summary>
    [Theory]
    [InlineData(1, 192, 128)]
    [InlineData(0.5, 320, 96)]
    public async Task Limits_LookedAtFromInside_AreTheSandboxsOwn(double cpu, int memory, int disk)
    {
        await BesideANeighbourAsync(new() { ["cpu"] = cpu, ["memoryMiB"] = memory, ["diskMiB"] = disk }, async (api, id) =>
        {
            // gVisor's kernel writes one core as a range.
            const string Look = "echo $(nproc) $(grep -c ^processor /proc/cpuinfo) $(grep -c '^cpu[0-9]' /proc/stat) $(sed s/-0$// /sys/devices/system/cpu/online)"
                + " $(awk '/^MemTotal/ {print $2 / 1024}' /proc/meminfo) $(free -m | awk '/^Mem/ {print $2}') $(cat /proc/meminfo | grep -c MemTotal)";
            Assert.Equal($"1 1 1 0 {memory} {memory} 1\n", (string)(await api.ExecAsync(id, Look, Cancelled))["stdout"]!);
            await api.ExecAsync(id, "dd if=/dev/urandom of=/home/user/some bs=1M count=40; sync", Cancelled);
            var space = "";
            foreach (var from in (string[])["/", "/home/user", "."])
            {
                // What was written counts when the pool's file system has written it out, half a minute later at most.
                await Eventually.HoldsAsync($"df {from} shows the sandbox's disk of {disk} MiB, and 40 MiB of it in use", async () =>
                {
                    space = (string)(await api.ExecAsync(id, $"df -m {from} | awk 'END {{print $2, $3, $4}}'", Cancelled))["stdout"]!;
                    return space.Split(' ').Select(int.Parse).ToArray() is [var size, >= 39 and <= 48, >= 1 and var free] && size == disk && free <= disk - 39;
                }, Cancelled, TimeSpan.FromSeconds(90), () => space);
            }
        });
    }

    /// <summary>Of the host, for 32 processes inside.</summary>
    protected abstract int MostTasks { get; }

    private async Task BesideANeighbourAsync(JsonObject limits, Func<Api, string, Task> test)
    {
        using var api = await server.ReadyAsync(Cancelled);
        var neighbour = await api.CreateAsync(Body(new() { ["memoryMiB"] = 256, ["diskMiB"] = 256 }), Cancelled);
        var victim = await api.CreateAsync(Body(limits), Cancelled);
        try
        {
            await test(api, victim);
            var after = await api.ExecAsync(neighbour, "dd if=/dev/zero of=/home/user/mine bs=1M count=100 && sync && sleep 0.1 && echo written", Cancelled);
            Assert.Equal("written\n", (string)after["stdout"]!);
        }
        finally
        {
            foreach (var id in new[] { victim, neighbour }) await api.DeleteAsync($"/v1/sandboxes/{id}", Cancelled);
        }

        await Eventually.HoldsAsync("nothing of the two is on the host", () => HostTraces.Of(server.Server, victim).Count + HostTraces.Of(server.Server, neighbour).Count == 0, Cancelled);
    }

    private JsonObject Body(JsonObject limits)
    {
        var body = new JsonObject { ["template"] = "minimal", ["isolation"] = Isolation };
        foreach (var (name, value) in limits) body[name] = value?.DeepClone();
        return body;
    }
}
