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

    /// <summary>However they are read: by sendfile(2), as busybox cat does where it can, or by read(2), from the beginning again, and in small pieces; and they are as long as they say.</summary>
    [Fact]
    public async Task Files_ReadInAnyWay_AreWhole()
    {
        const string files = "/proc/meminfo /proc/stat /proc/cpuinfo /sys/devices/system/cpu/online";
        const string script = "for f in " + files + "; do echo $f $(stat -c %s $f) $(cat $f | wc -c) $(cat $f > /tmp/a; wc -c < /tmp/a) $(dd if=$f bs=100 2>/dev/null | wc -c)"
            + " $(while read -r l; do echo \"$l\"; done < $f | wc -l) $(cat $f | wc -l) $(head -c 2 $f | wc -c); done > /out/next; mv /out/next /out/seen; sleep 100000";
        var root = await Host.MakeRootAsync("root");
        await Host.StartAsync(Host.Plan(root, "/bin/sh", "-c", script));
        await LastAsync(root);
        var lines = await File.ReadAllLinesAsync(Path.Combine(root, "out", "seen"), Cancellation);
        Assert.Equal(4, lines.Length);
        foreach (var line in lines)
        {
            var seen = line.Split(' ').Skip(1).Select(word => long.Parse(word, CultureInfo.InvariantCulture)).ToArray();

            // Numbers may have become longer meanwhile.
            Assert.True(seen.Length == 7 && seen[0] > 0 && seen.Take(4).All(length => Math.Abs(length - seen[0]) < 16), line);
            Assert.True(seen[4] > 0 && seen[4] == seen[5] && seen[6] == 2, line);
        }
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
        foreach (var process in await ShowingAsync(init))
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
        var showing = await ShowingAsync(init);
        Assert.True((await Host.Runtime.RemoveAsync(plan.Id, Cancellation)).Succeeded);
        await Eventually.HoldsAsync("they have ended", () => !showing.Any(Lives), Cancellation);
    }

    [Fact]
    public async Task Showing_Started_HasNoRightsAndNothingOfTheHostsInSight()
    {
        var plan = Host.Plan(await Host.MakeRootAsync("root"), "/bin/sleep", "100000");
        var init = await Host.StartAsync(plan);
        foreach (var process in await ShowingAsync(init))
        {
            var status = await File.ReadAllLinesAsync($"/proc/{process}/status", Cancellation);
            Assert.Contains("NoNewPrivs:\t1", status);
            Assert.Contains("Seccomp:\t2", status);
            Assert.Empty(Directory.EnumerateFileSystemEntries($"/proc/{process}/root"));
        }
    }

    private static async Task<List<int>> ShowingAsync(RunningInit init)
    {
        List<int> showing = [];

        // They are given their names, and go into the sandbox's user namespace, while process 1 runs already.
        await Eventually.HoldsAsync("what shows it is there", () => (showing = Showing(init)).Count == (File.Exists("/dev/fuse") ? 2 : 1), Cancellation);
        return showing;
    }

    /// <summary>By their names and their user namespace, which is the sandbox's; other installations on this host use the same ids.</summary>
    private static List<int> Showing(RunningInit init)
    {
        var space = UserSpaceOf(init.Pid);
        return [.. Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(name => char.IsAsciiDigit(name![0])).Select(name => int.Parse(name!, CultureInfo.InvariantCulture))
            .Where(process => Lives(process) && IsShowing(process) && UserSpaceOf(process) == space)];
    }

    private static bool IsShowing(int process) => Text($"/proc/{process}/comm").Trim() is "atoll-calls" or "atoll-files";

    private static bool Lives(int process) => Atoll.Machine.Native.ProcessStat.Read(process) is { Dead: false };

    private static string? UserSpaceOf(int process)
    {
        try
        {
            return new FileInfo($"/proc/{process}/ns/user").LinkTarget;
        }
        catch (IOException)
        {
            // It ended while we looked.
            return null;
        }
    }

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
