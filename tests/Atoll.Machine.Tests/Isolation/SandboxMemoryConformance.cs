using System.Globalization;
using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;
using Atoll.Testing;

namespace Atoll.Machine.Tests.Isolation;

/// <summary>What every runtime that saves memory must do, and what one that cannot must say.</summary>
public abstract class SandboxMemoryConformance(GuestKit kit) : IAsyncLifetime
{
    private const string Count = "i=0; while :; do i=$((i+1)); echo $i > /out/next; mv /out/next /out/count; sleep 0.05; done";
    private Bench? _bench;

    private protected abstract IsolationKind Kind { get; }

    private protected Bench Host => _bench ?? throw new InvalidOperationException("Not initialised.");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _bench = await Bench.CreateAsync(kit, Kind);

    public async ValueTask DisposeAsync()
    {
        if (_bench is not null) await _bench.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Save_WhereItCannot_SaysWhyAndTheSandboxGoesOn()
    {
        Assert.SkipWhen(Host.Runtime.MemoryMissing is null, "this runtime can");
        var root = await Host.MakeRootAsync("root");
        var plan = Host.Plan(root, "/bin/sh", "-c", Count);
        var init = await Host.StartAsync(plan);
        var saved = await Host.Runtime.SaveMemoryAsync(plan.Id, Folder("image"), end: false, () => throw new InvalidOperationException("Nothing was saved."), Cancellation);
        Assert.Equal(FaultCode.NotSupported, saved.Fault?.Code);
        Assert.Contains(Host.Runtime.MemoryMissing!, saved.Fault!.Detail, StringComparison.Ordinal);
        await CountsOnAsync(root);
        Assert.Equal(init, await Host.Runtime.InspectAsync(plan.Id, Cancellation));

        var other = Host.Plan(await Host.MakeRootAsync("other"), "/bin/sh", "-c", Count) with { Memory = Folder("none") };
        Assert.Equal(FaultCode.NotSupported, (await Host.Runtime.StartAsync(other, Cancellation)).Fault?.Code);
        Assert.Empty(Host.TracesOf(other.Id));
    }

    [Fact]
    public async Task Save_Running_StandsStillForTheDiskThenGoesOnAndIsRestoredUnderOtherNames()
    {
        Supported();
        var root = await Host.MakeRootAsync("root");
        var plan = Host.Plan(root, "/bin/sh", "-c", Count);
        var init = await Host.StartAsync(plan);
        await CountsOnAsync(root);

        var image = Folder("image");
        var copy = Host.Folder + "/copy";
        var before = 0;
        var saved = await Host.Runtime.SaveMemoryAsync(plan.Id, image, end: false, async () =>
        {
            before = ReadCount(root);
            await Host.ToolAsync("cp", "-a", root, copy);
            Assert.Equal(before, ReadCount(root));
            return Done.Value;
        }, Cancellation);
        Assert.True(saved.Succeeded, saved.Fault?.ToString());
        Assert.Equal(init, await Host.Runtime.InspectAsync(plan.Id, Cancellation));
        await CountsOnAsync(root);
        Assert.True((await Host.Runtime.RemoveAsync(plan.Id, Cancellation)).Succeeded);

        // Twice from the same image, at the same time, each on a disk of its own.
        await Host.ToolAsync("cp", "-a", copy, copy + "2");
        foreach (var disk in (string[])[copy, copy + "2"])
        {
            var restored = Host.Plan(disk, "/bin/false") with { Memory = image, Hostname = "other", Limits = new SandboxLimits(0.5, 300, 64, 200) };
            await Host.StartAsync(restored);
            await CountsOnAsync(disk);
            Assert.True(ReadCount(disk) > before);
            Assert.Equal((300 + 256) * 1024L * 1024L, LimitReader.Memory(Host.Cgroups.PathOf(restored.Id)));
        }
    }

    [Fact]
    public async Task Save_ToItsEnd_LeavesNoProcess()
    {
        Supported();
        var root = await Host.MakeRootAsync("root");
        var plan = Host.Plan(root, "/bin/sh", "-c", Count);
        await Host.StartAsync(plan);
        await CountsOnAsync(root);
        var image = Folder("image");
        var saved = await Host.Runtime.SaveMemoryAsync(plan.Id, image, end: true, () => Task.FromResult<Result<Done>>(Done.Value), Cancellation);
        Assert.True(saved.Succeeded, saved.Fault?.ToString());
        Assert.Null(await Host.Runtime.InspectAsync(plan.Id, Cancellation));
        var last = ReadCount(root);
        Assert.True((await Host.Runtime.RemoveAsync(plan.Id, Cancellation)).Succeeded);
        Assert.Empty(Host.TracesOf(plan.Id));
        Assert.Equal(last, ReadCount(root));

        // The same id, where it was.
        await Host.StartAsync(plan with { Memory = image });
        await CountsOnAsync(root);
        Assert.True(ReadCount(root) > last);
    }

    [Fact]
    public async Task Save_DiskRefused_ItGoesOnAndSaysWhy()
    {
        Supported();
        var root = await Host.MakeRootAsync("root");
        var plan = Host.Plan(root, "/bin/sh", "-c", Count);
        var init = await Host.StartAsync(plan);
        await CountsOnAsync(root);
        Fault full = new(FaultCode.PoolNearlyFull, FaultSide.Host, FaultStage.Storage, "The pool is full.");
        foreach (var end in (bool[])[false, true])
        {
            var saved = await Host.Runtime.SaveMemoryAsync(plan.Id, Folder("image" + end), end, () => Task.FromResult<Result<Done>>(full), Cancellation);
            Assert.Equal(FaultCode.PoolNearlyFull, saved.Fault?.Code);
            await CountsOnAsync(root);
            Assert.Equal(init, await Host.Runtime.InspectAsync(plan.Id, Cancellation));
        }
    }

    [Fact]
    public async Task Save_NoRoomForIt_SaysSoAndTheSandboxGoesOn()
    {
        Supported();
        var root = await Host.MakeRootAsync("root");
        var plan = Host.Plan(root, "/bin/sh", "-c", "head -c 30000000 /dev/urandom > /dev/shm/full; " + Count);
        var init = await Host.StartAsync(plan);
        await CountsOnAsync(root);
        using TinyDisk tiny = new(8);
        var saved = await Host.Runtime.SaveMemoryAsync(plan.Id, tiny.Folder, end: false, () => throw new InvalidOperationException("It was not saved."), Cancellation);
        Assert.Equal(FaultCode.PoolNearlyFull, saved.Fault?.Code);
        await CountsOnAsync(root);
        Assert.Equal(init, await Host.Runtime.InspectAsync(plan.Id, Cancellation));
        Assert.True((await Host.Runtime.SaveMemoryAsync(plan.Id, Folder("image"), end: false, () => Task.FromResult<Result<Done>>(Done.Value), Cancellation)).Succeeded);
    }

    [Fact]
    public async Task Save_DeletedFileHeldOpen_IsRefusedOrRestoredAndTheSandboxGoesOn()
    {
        Supported();
        var root = await Host.MakeRootAsync("root");
        var plan = Host.Plan(root, "/bin/sh", "-c", "echo kept > /held; exec 3< /held; rm /held; " + Count);
        await Host.StartAsync(plan);
        await CountsOnAsync(root);
        var saved = await Host.Runtime.SaveMemoryAsync(plan.Id, Folder("image"), end: false, () => Task.FromResult<Result<Done>>(Done.Value), Cancellation);
        if (saved.Fault is { } fault) Assert.Equal(FaultCode.NotSupported, fault.Code);
        await CountsOnAsync(root);
    }

    [Fact]
    public async Task Start_FromATornImage_FaultAndNothingLeft()
    {
        Supported();
        var root = await Host.MakeRootAsync("root");
        var plan = Host.Plan(root, "/bin/sh", "-c", Count);
        await Host.StartAsync(plan);
        await CountsOnAsync(root);
        var image = Folder("image");
        Assert.True((await Host.Runtime.SaveMemoryAsync(plan.Id, image, end: true, () => Task.FromResult<Result<Done>>(Done.Value), Cancellation)).Succeeded);
        Assert.True((await Host.Runtime.RemoveAsync(plan.Id, Cancellation)).Succeeded);
        foreach (var file in Directory.EnumerateFiles(image))
        {
            using var handle = File.OpenHandle(file, FileMode.Open, FileAccess.ReadWrite);
            RandomAccess.SetLength(handle, RandomAccess.GetLength(handle) / 2);
        }

        var torn = plan with { Memory = image };
        Assert.False((await Host.Runtime.StartAsync(torn, Cancellation)).Succeeded);
        Assert.Empty(Host.TracesOf(torn.Id));
    }

    [Fact]
    public async Task Continue_WhatRuns_ChangesNothing()
    {
        var root = await Host.MakeRootAsync("root");
        var plan = Host.Plan(root, "/bin/sh", "-c", Count);
        var init = await Host.StartAsync(plan);
        await Host.Runtime.ContinueAsync(plan.Id, paused: false, Cancellation);
        await CountsOnAsync(root);
        Assert.Equal(init, await Host.Runtime.InspectAsync(plan.Id, Cancellation));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Continue_WhatIsPaused_StandsStillAndHasNotRun(bool before)
    {
        var root = await Host.MakeRootAsync("root");
        var plan = Host.Plan(root, "/bin/sh", "-c", Count);
        await Host.StartAsync(plan);
        await CountsOnAsync(root);
        if (before) Assert.True(Host.Runtime.Freeze(plan.Id).Succeeded);
        var now = ReadCount(root);
        Assert.True((await Host.Runtime.ContinueAsync(plan.Id, paused: true, Cancellation)).Succeeded);
        if (before) Assert.Equal(now, ReadCount(root));

        Host.Runtime.Thaw(plan.Id);
        await CountsOnAsync(root);
    }

    private static int ReadCount(string root) =>
        File.Exists(Path.Combine(root, "out", "count")) && int.TryParse(File.ReadAllText(Path.Combine(root, "out", "count")), CultureInfo.InvariantCulture, out var count) ? count : 0;

    private static async Task CountsOnAsync(string root)
    {
        var now = ReadCount(root);
        await Eventually.HoldsAsync("it counted on", () => ReadCount(root) > now + 1, Cancellation);
    }

    private string Folder(string name) => Directory.CreateDirectory(Path.Combine(Host.Folder, name)).FullName;

    private void Supported() => Assert.SkipWhen(Host.Runtime.MemoryMissing is not null, $"needs a runtime that saves memory: {Host.Runtime.MemoryMissing}");
}
