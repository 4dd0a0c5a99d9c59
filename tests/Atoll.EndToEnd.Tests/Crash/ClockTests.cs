using System.Globalization;
using System.Text.Json.Nodes;
using Atoll.Testing;

namespace Atoll.EndToEnd.Tests.Crash;

/// <summary>The host's clock is moved by an hour while a sandbox sleeps and the server is down: a server with such a clock finds it as it was.</summary>
public sealed class ClockTests : CrashTest
{
    private const int Timeout = 600;
    private const string Library = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";

    [Theory]
    [InlineData("+1h", 3600)]
    [InlineData("-1h", -3600)]
    public async Task Suspended_WhileTheClockIsMoved_HasItsTimeLeftAndGoesOn(string moved, int seconds)
    {
        Assert.SkipUnless(File.Exists(Library), $"needs {Library} (Debian's package faketime)");
        await StartAsync();
        var id = await CreateAsync(GVisor, "web", new JsonObject { ["timeoutSeconds"] = Timeout });
        await StartProcessAsync(id, "sleep 2; echo rang > /tmp/bell; sleep 1000", "bell");
        Assert.Equal(System.Net.HttpStatusCode.OK, (await Api.PostAsync($"/v1/sandboxes/{id}/suspend", null, Cancellation)).Status);
        await EndAsync(kill: true);

        // Only the time of day: the clocks that count from the host's start cannot be moved by anybody.
        Server.Wrapper = ["env", "LD_PRELOAD=" + Library, "FAKETIME=" + moved, "DONT_FAKE_MONOTONIC=1"];
        await StartAsync();
        Assert.Equal("suspended", (string?)(await GetAsync(id))["state"]);
        var guest = long.Parse(await ShellAsync(id, "date +%s"), CultureInfo.InvariantCulture);
        Assert.InRange(guest - TimeProvider.System.GetUtcNow().ToUnixTimeSeconds(), -60, 60);
        var awake = await GetAsync(id);
        Assert.Equal("running", (string?)awake["state"]);
        var left = (DateTimeOffset)awake["expiresAt"]! - TimeProvider.System.GetUtcNow().AddSeconds(seconds);
        Assert.InRange(left.TotalSeconds, Timeout / 2, Timeout);
        await Eventually.HoldsAsync("the bell rings", async () => (await ShellAsync(id, "cat /tmp/bell 2> /dev/null || true")).Length > 0, Cancellation);
        Assert.Equal("running", (string?)(await GetAsync(id))["state"]);
    }
}
