using System.Globalization;
using System.Text.Json.Nodes;
using Atoll.EndToEnd.Tests.Routes;
using Atoll.Testing;

namespace Atoll.EndToEnd.Tests.Crash;

/// <summary>Sandboxes that were started before they were asked for: claimed, they are what was asked for and nothing tells them from others; unclaimed, they outlive nobody.</summary>
public sealed class WarmPoolTests : CrashTest
{
    [Theory]
    [InlineData(GVisor)]
    [InlineData(Container)]
    public async Task Claim_EverythingAskedFor_HoldsAndNothingShowsThatItWasWarm(string isolation)
    {
        await StartWarmAsync(isolation);
        var before = TimeProvider.System.GetUtcNow();
        var body = Body(isolation, "web", memoryMiB: 256);
        body["env"] = new JsonObject { ["COLOUR"] = "blue" };
        body["metadata"] = new JsonObject { ["kind"] = "test" };
        body["user"] = "root";
        body["workdir"] = "/tmp";
        body["processes"] = 100;
        body["diskMiB"] = 64;
        body["network"] = new JsonObject { ["egress"] = new JsonObject { ["default"] = "deny" } };
        var id = await Api.CreateAsync(body, Cancellation);

        var sandbox = await GetAsync(id);
        Assert.True(sandbox["createdAt"]!.GetValue<DateTimeOffset>() >= before.AddSeconds(-1), sandbox.ToJsonString());
        Assert.Equal("running", (string?)sandbox["state"]);
        Assert.DoesNotContain("/bin/sh", (await Api.GetAsync($"/v1/sandboxes/{id}/logs", Cancellation)).Text);
        Assert.Empty((await Api.GetAsync($"/v1/sandboxes/{id}/processes", Cancellation)).Json!["items"]!.AsArray());
        Assert.Equal($"blue root /tmp {id}\n", await ShellAsync(id, "echo $COLOUR $(id -un) $(pwd) $(hostname)"));
        Assert.Equal(["sandbox.created", "sandbox.running"], (await EventsAsync()).Select(happened => (string?)happened["type"]));
        // Not zeroes: those the disk packs away.
        Assert.NotEqual("0", await ExitAsync(id, "dd if=/dev/urandom of=/root/fill bs=1M count=200 2>/dev/null"));
        Assert.InRange(HostCgroup.MemoryBytes(id), 256L << 20, 512L << 20);
        Assert.NotEqual("0", await ExitAsync(id, "wget -q -T 2 -O /dev/null http://1.1.1.1"));
    }

    [Theory]
    [InlineData(GVisor)]
    [InlineData(Container)]
    public async Task Killed_OnItsShelf_IsReplaced(string isolation)
    {
        await StartWarmAsync(isolation);
        var warm = Assert.Single(Holdings.ByName(Server).Select(found => found.Key));
        var slots = Holdings.Slots(Server).Interfaces.Count + 1;
        using (var init = System.Diagnostics.Process.GetProcessById(Holdings.Process(Server, warm))) init.Kill();

        await AssertNothingLeftAsync(warm);
        await FullAsync(1);
        await Eventually.HoldsAsync("its network slot is free again", () => Holdings.Slots(Server).Interfaces.Count <= slots, Cancellation, TimeSpan.FromSeconds(30));
        await ShellAsync(await CreateAsync(isolation, memoryMiB: 128), "true");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Server_Ended_WarmOnesGoAndClaimedOnesStay(bool kill)
    {
        await StartWarmAsync(Container);
        var claimed = await CreateAsync(Container, memoryMiB: 128);
        await FullAsync(1);
        var warm = Assert.Single(Holdings.ByName(Server).Select(found => found.Key), name => name != claimed);

        await EndAsync(kill);
        await StartAsync();

        await AssertNothingLeftAsync(warm);
        await ShellAsync(claimed, "true");
    }

    private async Task StartWarmAsync(string isolation)
    {
        Server.Configure("ATOLL__WARMPOOL__ENABLED", "true");
        Server.Configure("ATOLL__WARMPOOL__FLOOR", "0");
        Server.Configure("ATOLL__WARMPOOL__CEILING", "1");
        Server.Configure("ATOLL__WARMPOOL__KEEP__0__ISOLATION", isolation);
        Server.Configure("ATOLL__WARMPOOL__KEEP__0__MEMORYMIB", isolation == GVisor ? "256" : "128");
        await StartAsync();
        await FullAsync(1);
    }

    private Task FullAsync(int count) => Eventually.HoldsAsync(
        $"{count} are warm",
        async () => (await Api.GetAsync("/v1/info", Cancellation)).Json!["warmPool"]!.AsArray().Sum(kind => (int)kind!["ready"]!) == count,
        Cancellation,
        TimeSpan.FromSeconds(30));

    private async Task<string> ExitAsync(string sandbox, string command) => ((int)(await Api.ExecAsync(sandbox, command, Cancellation))["exitCode"]!).ToString(CultureInfo.InvariantCulture);
}
