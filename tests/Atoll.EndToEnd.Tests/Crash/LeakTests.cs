using System.Globalization;
using System.Net;
using Atoll.Testing;

namespace Atoll.EndToEnd.Tests.Crash;

public sealed class LeakTests : CrashTest
{
    private const int IdleSlots = 16;
    private const int Warmings = 8;
    private const int Rounds = 20;

    // The thread pool and pooled connections breathe; what leaks once in a create is 40 after these.
    private const int Tolerance = 12;

    [Fact]
    public async Task CreateAndDelete_FortyTimes_ServerHoldsNoMoreThanBefore()
    {
        // Used slots are kept for the next, up to so many.
        Server.Configure("ATOLL__NETWORK__MAXIDLESLOTS", IdleSlots.ToString(CultureInfo.InvariantCulture));
        await StartAsync();
        for (var i = 0; i < Warmings; i++) await CycleAsync();
        var before = await SettledAsync(null);
        for (var i = 0; i < Rounds; i++) await CycleAsync();
        var after = await SettledAsync(before);
        TestContext.Current.TestOutputHelper?.WriteLine($"before {before}\nafter  {after}");
        Assert.Empty(Holdings.Besides(Server, []));
    }

    private async Task CycleAsync()
    {
        foreach (var id in await Task.WhenAll(CreateAsync(GVisor), CreateAsync(Container)))
        {
            await ShellAsync(id, "true");
            Assert.Equal(HttpStatusCode.NoContent, (await Api.DeleteAsync("/v1/sandboxes/" + id, Cancellation)).Status);
        }
    }

    /// <summary>When slots have been drained; with a figure to come down to, when it is reached.</summary>
    private async Task<Figures> SettledAsync(Figures? goal)
    {
        var now = Measure();
        await Eventually.HoldsAsync($"the server holds about {goal}", () =>
        {
            now = Measure();
            return goal is null ? now is { Parts: 0, HalfSlots: 0, Slots: <= IdleSlots } : now.IsWithin(goal, Tolerance);
        }, Cancellation, TimeSpan.FromSeconds(30), () => $"It holds {now}.");
        return now;
    }

    private Figures Measure()
    {
        var proc = $"/proc/{Server.ProcessId}";
        var (interfaces, namespaces) = Holdings.Slots(Server);
        return new Figures(
            Directory.GetFileSystemEntries(proc + "/fd").Length,
            Directory.GetDirectories(proc + "/task").Length,
            File.ReadAllLines(proc + "/mounts").Count(line => line.Contains(Path.GetDirectoryName(Server.StateDirectory)!, StringComparison.Ordinal)) - namespaces.Count,
            interfaces.Count - namespaces.Count,
            namespaces.Count,
            Holdings.ByName(Server).Sum(found => found.Count()));
    }

    private sealed record Figures(int Descriptors, int Threads, int Mounts, int HalfSlots, int Slots, int Parts)
    {
        public bool IsWithin(Figures goal, int tolerance) =>
            Descriptors <= goal.Descriptors + tolerance && Threads <= goal.Threads + tolerance && Mounts <= goal.Mounts && HalfSlots == 0 && Slots <= goal.Slots + tolerance && Parts == 0;
    }
}
