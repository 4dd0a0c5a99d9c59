using System.Globalization;
using Atoll.Core.Sandboxes;
using Atoll.Machine.Isolation;
using Atoll.Testing;

namespace Atoll.Machine.Tests.Isolation;

/// <summary>What our own launcher shows a sandbox of the machine, and the two processes of the host's that show it.</summary>
public sealed class LauncherViewTests(GuestKit kit) : IAsyncLifetime, IClassFixture<GuestKit>
{
    /// <summary>Cores three times, memory twice, then how often it has looked.</summary>
    private const string Look = "i=0; while :; do i=$((i+1)); echo $(nproc) $(grep -c ^processor /proc/cpuinfo) $(grep -c '^cpu[0-9]' /proc/stat)"
        + " $(awk '/^MemTotal/ {print $2 / 1024}' /proc/meminfo) $(free -m | awk '/^Mem/ {print $2}') $i > /out/next; mv /out/next /out/seen; done";

    private Bench? _bench;

    private Bench Host => _bench ?? throw new InvalidOperationException("Not initialised.");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _bench = await Bench.CreateAsync(kit, IsolationKind.Container);

    public async ValueTask DisposeAsync()
    {
        if (_bench is not null) await _bench.DisposeAsync();
    }

    [Fact]
    public async Task Limits_ChangedWhileItRuns_AreSeenInside()
    {
        var root = await Host.MakeRootAsync("root");
        var plan = Host.Plan(root, "/bin/sh", "-c", Look) with { Limits = new SandboxLimits(1, 256, 64, 64) };
        await Host.StartAsync(plan);
        await SeesAsync(root, cores: 1, memory: 256);

        Assert.True((await Host.Runtime.ApplyLimitsAsync(plan.Id, new SandboxLimits(1.5, 200, 64, 64), Cancellation)).Succeeded);
        await SeesAsync(root, cores: Math.Min(2, Environment.ProcessorCount), memory: 200);
    }

    /// <summary>Nobody is caught in a question whose answerer stands still: they do not.</summary>
    [Fact]
    public async Task Freeze_WhileItLooks_TakesNoLongerAndItGoesOn()
    {
        var root = await Host.MakeRootAsync("root");
        var plan = Host.Plan(root, "/bin/sh", "-c", Look);
        await Host.StartAsync(plan);
        for (var round = 0; round < 10; round++)
        {
            var before = await CountAsync(root);
            var frozen = Host.Runtime.Freeze(plan.Id);
            Assert.True(frozen.Succeeded, frozen.Fault?.ToString());
            Host.Runtime.Thaw(plan.Id);
            await Eventually.HoldsAsync("it looks again", async () => await CountAsync(root) > before, Cancellation);
        }
    }

    [Fact]
    public async Task Showing_Killed_NothingInsideHangs()
    {
        var root = await Host.MakeRootAsync("root");
        var plan = Host.Plan(root, "/bin/sh", "-c", Look);
        var init = await Host.StartAsync(plan);
        await CountAsync(root);
        foreach (var process in Showing(init))
        {
            using var one = System.Diagnostics.Process.GetProcessById(process);
            one.Kill();
        }

        var before = await CountAsync(root);
        await Eventually.HoldsAsync("it goes on looking", async () => await CountAsync(root) > before + 3, Cancellation);
    }

    [Fact]
    public async Task Remove_Started_EndsWhatShowsIt()
    {
        var plan = Host.Plan(await Host.MakeRootAsync("root"), "/bin/sleep", "100000");
        var init = await Host.StartAsync(plan);
        List<int> showing = [];

        // They are given their names while process 1 runs already.
        await Eventually.HoldsAsync("what shows it is there", () => (showing = Showing(init)).Count == (File.Exists("/dev/fuse") ? 2 : 1), Cancellation);
        Assert.True((await Host.Runtime.RemoveAsync(plan.Id, Cancellation)).Succeeded);
        await Eventually.HoldsAsync("they have ended", () => !showing.Any(Lives), Cancellation);
    }

    [Fact]
    public async Task Showing_Started_HasNoRightsAndNothingOfTheHostsInSight()
    {
        var plan = Host.Plan(await Host.MakeRootAsync("root"), "/bin/sleep", "100000");
        var init = await Host.StartAsync(plan);
        foreach (var process in Showing(init))
        {
            var status = await File.ReadAllLinesAsync($"/proc/{process}/status", Cancellation);
            Assert.Contains("NoNewPrivs:\t1", status);
            Assert.Contains("Seccomp:\t2", status);
            Assert.Equal(new FileInfo($"/proc/{init.Pid}/ns/user").LinkTarget, new FileInfo($"/proc/{process}/ns/user").LinkTarget);
            Assert.Empty(Directory.EnumerateFileSystemEntries($"/proc/{process}/root"));
        }
    }

    /// <summary>By their ids on the host, which are in the sandbox's range, and by their names.</summary>
    private static List<int> Showing(RunningInit init)
    {
        var first = FirstId(init.Pid);
        return [.. Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(name => char.IsAsciiDigit(name![0])).Select(name => int.Parse(name!, CultureInfo.InvariantCulture))
            .Where(process => Lives(process) && IsShowing(process) && FirstId(process) == first)];
    }

    private static bool IsShowing(int process) => Text($"/proc/{process}/comm").Trim() is "atoll-calls" or "atoll-files";

    private static bool Lives(int process) => Atoll.Machine.Native.ProcessStat.Read(process) is { Dead: false };

    private static string FirstId(int process) => string.Join(' ', Text($"/proc/{process}/uid_map").Split(' ', StringSplitOptions.RemoveEmptyEntries));

    private static string Text(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            // It ended while we looked.
            return "";
        }
    }

    private static async Task<string[]> LastAsync(string root)
    {
        string[] seen = [];
        await Eventually.HoldsAsync("it has looked", () => (seen = Text(Path.Combine(root, "out", "seen")).Split(' ', StringSplitOptions.RemoveEmptyEntries)).Length > 0, Cancellation);
        return seen;
    }

    private static async Task<int> CountAsync(string root) => int.Parse((await LastAsync(root))[^1], CultureInfo.InvariantCulture);

    private static async Task SeesAsync(string root, int cores, int memory)
    {
        string[] expected = [.. Enumerable.Repeat(cores.ToString(CultureInfo.InvariantCulture), 3), .. Enumerable.Repeat(memory.ToString(CultureInfo.InvariantCulture), 2)];
        string[] seen = [];
        await Eventually.HoldsAsync(
            $"{cores} cores and {memory} MiB were seen inside", async () => (seen = await LastAsync(root)).SkipLast(1).SequenceEqual(expected), Cancellation, seen: () => string.Join(' ', seen));
    }
}
