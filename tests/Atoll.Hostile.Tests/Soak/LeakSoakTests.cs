using System.Globalization;
using System.Net;
using Atoll.Hostile.Tests.Control;
using Atoll.Hostile.Tests.Kit;
using Atoll.Testing;

namespace Atoll.Hostile.Tests.Soak;

/// <summary>Attack 64: 32 sandboxes made, used and deleted; ten thousand with <c>ATOLL_SOAK=1</c>. The server then holds what it held.</summary>
public sealed class LeakSoakTests(HostileServer shared) : OwnServerTest(shared)
{
    private const int AtOnce = 4;
    private const int Warmings = 3;

    // The thread pool and pooled connections breathe.
    private const int Tolerance = 16;

    // What the collector and the database's cache may still take after the warming; a leak of a page for each of 10,000 would be as much again.
    private const long MemoryToleranceMiB = 96;

    [Fact]
    public async Task Attack64_CreatedAndDeleted_NothingIsHeldAfterwards()
    {
        // Of its networks a busy server keeps more for another use than one that has just started.
        Server.Configure("ATOLL__NETWORK__MAXIDLESLOTS", "16");
        await StartAsync(Isolations);
        for (var i = 0; i < Warmings; i++) await RoundAsync();
        var before = await SettledAsync(null);
        for (var i = 0; i < Soaking.Rounds(32, 10_000) / AtOnce; i++) await RoundAsync();
        var after = await SettledAsync(before);
        TestContext.Current.TestOutputHelper?.WriteLine($"before {before}\nafter  {after}");
        await NothingIsLeftBesidesAsync([]);
    }

    private Task RoundAsync() => Task.WhenAll(Enumerable.Range(0, AtOnce).Select(async number =>
    {
        var id = await CreateAsync(Isolations[number % 2]);
        await ShellAsync(id, "true");
        Assert.Equal(HttpStatusCode.NoContent, (await Api.DeleteAsync($"/v1/sandboxes/{id}", Cancellation)).Status);
    }));

    private async Task<Figures> SettledAsync(Figures? goal)
    {
        var now = Measure();
        await Eventually.HoldsAsync($"the server holds about {goal}", () => (now = Measure()).IsWithin(goal), Cancellation, TimeSpan.FromSeconds(60), () => $"It holds {now}.");
        return now;
    }

    private Figures Measure()
    {
        var proc = "/proc/" + Server.ProcessId.ToString(CultureInfo.InvariantCulture);
        var (interfaces, namespaces) = Holdings.Slots(Server);
        var memory = File.ReadLines(proc + "/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return new Figures(
            Directory.GetFileSystemEntries(proc + "/fd").Length,
            Directory.GetDirectories(proc + "/task").Length,
            File.ReadAllLines(proc + "/mounts").Count(line => line.Contains(Path.GetDirectoryName(Server.StateDirectory)!, StringComparison.Ordinal)) - namespaces.Count,
            interfaces.Except(namespaces).Count(),
            namespaces.Count,
            Holdings.ByName(Server).Sum(found => found.Count()),
            long.Parse(memory[6..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) >> 10);
    }

    private sealed record Figures(int Descriptors, int Threads, int Mounts, int HalfSlots, int Slots, int Parts, long MemoryMiB)
    {
        public bool IsWithin(Figures? goal) => Parts == 0 && HalfSlots == 0 && (goal is null || (
            Descriptors <= goal.Descriptors + Tolerance && Threads <= goal.Threads + Tolerance && Mounts <= goal.Mounts && Slots <= goal.Slots + Tolerance && MemoryMiB <= goal.MemoryMiB + MemoryToleranceMiB));
    }
}
