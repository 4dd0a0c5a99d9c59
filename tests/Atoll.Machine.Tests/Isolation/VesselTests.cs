using System.Globalization;
using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;
using Atoll.Machine.Isolation;
using Atoll.Machine.Isolation.Bundles;
using Atoll.Machine.Native;
using Atoll.Testing;

namespace Atoll.Machine.Tests.Isolation;

/// <summary>Memory that is restored into a sandbox that was created ahead: it must be the same in all but the time it takes.</summary>
public sealed class VesselTests(GuestKit kit) : IAsyncLifetime, IClassFixture<GuestKit>
{
    private const string Count = "i=0; while :; do i=$((i+1)); echo $i > /out/next; mv /out/next /out/count; sleep 0.05; done";

    /// <summary>Counts, and says what it sees of our files, and which of them it could write.</summary>
    private static readonly string Look = "i=0; while :; do i=$((i+1)); echo $i > /out/next; mv /out/next /out/count; (cat /etc/hostname /etc/resolv.conf; awk '/MemTotal/ {print $2 / 1024}' /proc/meminfo; ls " + LaunchPlan.GuestMountPoint
        + $"; for f in {LaunchPlan.GuestMountPoint}/x {string.Join(' ', EtcFiles.Names.Select(name => "/etc/" + name))}; do (echo x > $f) 2>/dev/null && echo wrote $f; done; echo here > /written) > /out/saying 2>&1; mv /out/saying /out/said; done";
    private Bench? _bench;

    private Bench Host => _bench ?? throw new InvalidOperationException("Not initialised.");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _bench = await Bench.CreateAsync(kit, IsolationKind.GVisor, vessels: true);
        Assert.SkipUnless(_bench.Runtime.MemoryMissing is null, $"needs a runtime that saves memory: {_bench.Runtime.MemoryMissing}");
        Assert.SkipUnless(_bench.Vessels.Possible, "needs a release of runsc whose control socket is known");
    }

    public async ValueTask DisposeAsync()
    {
        if (_bench is not null) await _bench.DisposeAsync();
    }

    [Fact]
    public async Task Start_VesselReady_GoesOnInItUnderItsNamesAndLimits()
    {
        var (plan, image, before) = await SaveAsync(Look);
        await ReadyAsync(1);
        Assert.Equal(1, Host.Vessels.Ready);

        var root = await CopyAsync(plan);
        var restored = plan with { Id = SandboxId.New(), RootFilesystem = root, Memory = image, Hostname = "other", Nameserver = "192.0.2.99", Limits = plan.Limits with { Cpu = 0.5 } };
        var init = await Host.StartAsync(restored);
        await CountsOnAsync(root);
        Assert.True(ReadCount(root) > before);
        Assert.Equal(init, await Host.Runtime.InspectAsync(restored.Id, Cancellation));
        Assert.Equal((restored.Limits.MemoryMiB + 256) * 1024L * 1024L, LimitReader.Memory(Host.Cgroups.PathOf(restored.Id)));

        // Its memory is shown as its own, which only a vessel does: restored in one step it would show the sentry's room as well. Its files are those of the plan: written where it says, and ours in their place, read-only.
        await Eventually.HoldsAsync("it saw its new names", () => Text(root, "out", "said") == "other\nnameserver 192.0.2.99\n256\nprobe\n", Cancellation, seen: () => Text(root, "out", "said"));
        Assert.Equal("here\n", Text(root, "written"));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(root, LaunchPlan.GuestMountPoint[1..])));
        Assert.DoesNotContain(File.ReadLines("/proc/self/mountinfo"), line => line.Contains(root, StringComparison.Ordinal));

        Assert.True((await Host.Runtime.RemoveAsync(restored.Id, Cancellation)).Succeeded);
        Assert.Empty(Host.TracesOf(restored.Id));
    }

    [Fact]
    public async Task Start_FromAVessel_CanBeSavedAgainAndVacated()
    {
        var (plan, image, _) = await SaveAsync(Count);
        await ReadyAsync(1);
        await Host.StartAsync(plan with { Memory = image });
        await CountsOnAsync(plan.RootFilesystem);
        var again = Folder("again");
        Assert.True((await Host.Runtime.SaveMemoryAsync(plan.Id, again, end: false, () => Task.FromResult<Result<Done>>(Done.Value), Cancellation)).Succeeded);
        await CountsOnAsync(plan.RootFilesystem);

        // At once under the same id, while the kernel has still to free the one before.
        await ReadyAsync(1);
        Assert.True((await Host.Runtime.VacateAsync(plan.Id, Cancellation)).Succeeded);
        Assert.Null(await Host.Runtime.InspectAsync(plan.Id, Cancellation));
        var last = ReadCount(plan.RootFilesystem);
        await Host.StartAsync(plan with { Memory = again });
        await CountsOnAsync(plan.RootFilesystem);
        Assert.True(ReadCount(plan.RootFilesystem) > 0 && last > 0);
    }

    [Fact]
    public async Task Start_VesselDied_IsRestoredWithout()
    {
        var (plan, image, before) = await SaveAsync(Count);
        await ReadyAsync(1);
        foreach (var id in (await Host.Runtime.ListAsync(Cancellation)).Where(id => id != plan.Id))
        {
            // One that is being made has no process yet, and is not the one that is ready.
            if (await Host.Runtime.InspectAsync(id, Cancellation) is not { } init || PidFds.Open(init.Pid) is not { } process) continue;
            using (process) PidFds.Kill(process);
            await Eventually.HoldsAsync("it had died", async () => await Host.Runtime.InspectAsync(id, Cancellation) is null, Cancellation);
        }

        await Host.StartAsync(plan with { Memory = image });
        await CountsOnAsync(plan.RootFilesystem);
        Assert.True(ReadCount(plan.RootFilesystem) > before);
    }

    [Fact]
    public async Task Start_TornImage_FaultAndNothingLeft()
    {
        var (plan, image, _) = await SaveAsync(Count);
        await ReadyAsync(1);
        foreach (var file in Directory.EnumerateFiles(image))
        {
            using var handle = File.OpenHandle(file, FileMode.Open, FileAccess.ReadWrite);
            RandomAccess.SetLength(handle, RandomAccess.GetLength(handle) / 2);
        }

        Assert.False((await Host.Runtime.StartAsync(plan with { Memory = image }, Cancellation)).Succeeded);
        Assert.Empty(Host.TracesOf(plan.Id));
    }

    [Fact]
    public async Task Start_OfAnotherShape_LeavesTheVessel()
    {
        var (plan, image, _) = await SaveAsync(Count);
        await ReadyAsync(1);
        await Host.StartAsync(plan with { Memory = image, Limits = plan.Limits with { MemoryMiB = 300 } });
        await CountsOnAsync(plan.RootFilesystem);
        Assert.True(Host.Vessels.Ready >= 1);
    }

    /// <summary>A sandbox that counts, saved; and how far it was.</summary>
    private async Task<(LaunchPlan Plan, string Image, int Count)> SaveAsync(string script)
    {
        var plan = Host.Plan(await Host.MakeRootAsync("root"), "/bin/sh", "-c", script);
        await Host.StartAsync(plan);
        await CountsOnAsync(plan.RootFilesystem);
        var image = Folder("image");
        var saved = await Host.Runtime.SaveMemoryAsync(plan.Id, image, end: true, () => Task.FromResult<Result<Done>>(Done.Value), Cancellation);
        Assert.True(saved.Succeeded, saved.Fault?.ToString());
        var count = ReadCount(plan.RootFilesystem);
        Assert.True((await Host.Runtime.RemoveAsync(plan.Id, Cancellation)).Succeeded);
        return (plan, image, count);
    }

    private Task ReadyAsync(int count) => Eventually.HoldsAsync("a vessel was ready", () => Host.Vessels.Ready >= count, Cancellation);

    private async Task<string> CopyAsync(LaunchPlan plan)
    {
        var copy = Host.Folder + "/copy";
        await Host.ToolAsync("cp", "-a", plan.RootFilesystem, copy);
        return copy;
    }

    private static string Text(string root, params string[] path)
    {
        var file = Path.Combine([root, .. path]);
        return File.Exists(file) ? File.ReadAllText(file) : "";
    }

    private static int ReadCount(string root) =>
        File.Exists(Path.Combine(root, "out", "count")) && int.TryParse(File.ReadAllText(Path.Combine(root, "out", "count")), CultureInfo.InvariantCulture, out var count) ? count : 0;

    private static async Task CountsOnAsync(string root)
    {
        var now = ReadCount(root);
        await Eventually.HoldsAsync("it counted on", () => ReadCount(root) > now + 1, Cancellation);
    }

    private string Folder(string name) => Directory.CreateDirectory(Path.Combine(Host.Folder, name)).FullName;
}
