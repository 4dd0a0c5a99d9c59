using System.Diagnostics;
using Atoll.Testing;

namespace Atoll.EndToEnd.Tests.Crash;

/// <summary>The server dies, as by kill -9, right after each step of stopping a sandbox that has died; the next one completes it, with the reason that was noted.</summary>
[Collection("failpoints of sleep")]
public sealed class FaultFailpointTests : FailpointTest
{
    [Theory]
    [InlineData(Container)]
    [InlineData(GVisor)]
    public async Task Fault_KilledAtEachStep_IsCompletedWithItsReason(string isolation)
    {
        await StartAsync();
        var id = await CreateAsync(isolation, "web");
        foreach (var step in (string[])["noted", "ended", "saved"])
        {
            await ShellAsync(id, $"echo {step} > /tmp/step && sync");
            await DieAtAsync("fault." + step, async () =>
            {
                using (var process = Process.GetProcessById(Holdings.Process(Server, id))) process.Kill();
                await Eventually.HoldsAsync("the server has died", async () => (await Api.GetAsync("/readyz", Cancellation)).Status is 0, Cancellation);
            });

            await AssertStoppedByAsync(id, "agent_died");
            Assert.Single(await EventsAsync(), happened => (string?)happened["type"] == "sandbox.stopped" && (long)happened["sequence"]! > Seen);
            await AssertStartsAsync(id);
            Assert.Equal(step + "\n", await ShellAsync(id, "cat /tmp/step"));
            await Eventually.HoldsAsync("nothing else is on the host", () => Holdings.Besides(Server, [id]).Count == 0, Cancellation);
        }
    }
}
