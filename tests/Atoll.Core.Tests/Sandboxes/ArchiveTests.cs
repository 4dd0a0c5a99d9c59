using System.Collections.Immutable;
using Atoll.Core.Events;
using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;
using Atoll.Core.Sandboxes.Capacity;
using Atoll.Core.Store;
using Atoll.Core.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;
using static Atoll.Core.Tests.Fakes.TestCore;

namespace Atoll.Core.Tests.Sandboxes;

/// <summary>Sandboxes whose disks are in the object store and not here.</summary>
public sealed class ArchiveTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null)]
    [InlineData(LifecycleAction.Pause)]
    [InlineData(LifecycleAction.Stop)]
    public async Task ArchiveAndStart_FromEachState_ItsDiskGoesAndComesBack(LifecycleAction? asleep)
    {
        await using var core = await StartAsync();
        var sandbox = await core.CreateAsync(new() { TimeoutSeconds = 600, Name = "web" });
        var kept = Expect(await core.Checkpoints.CreateAsync(Team, "web", new(), Cancellation));
        core.Clock.Advance(TimeSpan.FromSeconds(100));
        if (asleep is { } how) Expect(await core.Sandboxes.SleepAsync(Team, "web", how, Cancellation));

        var archived = Expect(await core.Sandboxes.ArchiveAsync(Team, "web", Cancellation));
        Assert.Equal((SandboxState.Archived, null, null), (archived.State, archived.Reason, archived.ExpiresAt));
        Assert.Equal(archived, Expect(await core.Sandboxes.ArchiveAsync(Team, "web", Cancellation)));
        Assert.Equal((0, 0), (core.Machine.Live.Count, core.Machine.AtRest.Count));
        Assert.Equal([kept.Id], core.Disks.Saved);
        Assert.NotEmpty(Own(core, sandbox));
        Assert.Contains(archived.Archive!, Own(core, sandbox));
        Assert.Equal((1, 0d, 0L, 5L), Use(core));
        Assert.Equal(sandbox.Id, Assert.Single(Expect(await core.Sandboxes.ListAsync(Team, new([SandboxState.Archived], null, ImmutableDictionary<string, string>.Empty, 10, null), Cancellation)).Items).Id);
        await core.StopHostAsync();
        core.Clock.Advance(TimeSpan.FromHours(5));
        await core.StartHostAsync();
        Assert.Equal(SandboxState.Archived, (await core.GetAsync(sandbox.Id)).State);
        Assert.Equal((1, 0d, 0L, 5L), Use(core));

        // Nothing but a wake can be had of it.
        ExpectFault(await core.Sandboxes.SleepAsync(Team, "web", LifecycleAction.Stop, Cancellation), FaultCode.SandboxArchived);
        ExpectFault(await core.Sandboxes.SleepAsync(Team, "web", LifecycleAction.Suspend, Cancellation), FaultCode.SandboxArchived);
        ExpectFault(await core.Checkpoints.CreateAsync(Team, "web", new(), Cancellation), FaultCode.SandboxArchived);
        ExpectFault(await core.Checkpoints.ForkSandboxAsync(Team, "web", new(1, null, new()), Cancellation), FaultCode.SandboxArchived);
        ExpectFault(await core.Checkpoints.RestoreAsync(Team, "web", kept.Id.Value, Cancellation), FaultCode.SandboxArchived);
        ExpectFault(await core.Checkpoints.DiffAsync(Team, kept.Id.Value, "web", null, Cancellation), FaultCode.SandboxArchived);
        Assert.Equal(2d, Expect(await core.Sandboxes.UpdateAsync(Team, "web", new() { Cpu = 2 }, Cancellation)).Spec.Limits.Cpu);

        // Any use wakes it, as it does the others.
        Expect(await core.Sandboxes.UseAsync(Team, "web", WakeCauses.Api, Cancellation)).Dispose();
        var awake = await core.GetAsync(sandbox.Id);
        Assert.Equal((SandboxState.Running, null, 0L, kept.Id), (awake.State, awake.Archive, awake.CheckpointWritten, awake.Checkpoint));
        Assert.Equal(core.Clock.GetUtcNow().AddSeconds(500), awake.ExpiresAt!.Value, TimeSpan.FromSeconds(5));
        Assert.Equal([kept.Id], core.Disks.Saved);
        Assert.Empty(Own(core, sandbox));
        Assert.Equal((1, 2d, (long)awake.Spec.Limits.MemoryMiB, 5L + awake.Spec.Limits.DiskMiB), Use(core));
        Assert.Equal(
            [(EventTypes.Archived, SandboxState.Stopped, SandboxState.Archived), (EventTypes.Started, SandboxState.Archived, SandboxState.Running)],
            (await core.EventsAsync(sandbox.Id)).Where(x => x.Type is EventTypes.Archived or EventTypes.Started).Select(x => (x.Type, x.From!.Value, x.To)));
    }

    [Fact]
    public async Task Archive_OfASuspendedOne_IsRefusedAndItsMemoryStays()
    {
        await using var core = await StartAsync();
        var sandbox = await core.CreateAsync();
        var suspended = Expect(await core.Sandboxes.SleepAsync(Team, sandbox.Id.Value, LifecycleAction.Suspend, Cancellation));
        ExpectFault(await core.Sandboxes.ArchiveAsync(Team, sandbox.Id.Value, Cancellation), FaultCode.SandboxSuspended);
        Assert.Equal(suspended, await core.GetAsync(sandbox.Id));
        Assert.Single(core.Machine.WithMemory);
        ExpectFault(await core.Sandboxes.ArchiveAsync(OtherTeam, sandbox.Id.Value, Cancellation), FaultCode.SandboxNotFound);
    }

    [Fact]
    public async Task Archive_StoreGone_LeavesItAsItWasOrStopped()
    {
        await using var core = await StartAsync();
        var sandbox = await core.CreateAsync();
        core.Store.CallsLeft = 0;
        ExpectFault(await core.Sandboxes.ArchiveAsync(Team, sandbox.Id.Value, Cancellation), FaultCode.ObjectStoreUnavailable);
        Assert.Equal(SandboxState.Running, (await core.GetAsync(sandbox.Id)).State);

        // Gone at each later call: stopped, nothing freed, and nothing left of what was tried when it is back.
        var left = 1;
        for (Sandbox? done = null; done is null; left++)
        {
            core.Store.CallsLeft = left;
            var tried = await core.Sandboxes.ArchiveAsync(Team, sandbox.Id.Value, Cancellation);
            core.Store.CallsLeft = int.MaxValue;
            if (tried.TryGet(out done, out var fault)) break;
            Assert.Equal(FaultCode.ObjectStoreUnavailable, fault.Code);
            Assert.Equal(SandboxState.Stopped, (await core.GetAsync(sandbox.Id)).State);
            Assert.Contains(sandbox.Id, core.Machine.AtRest);
            await core.AdvanceUntilAsync("what was tried is undone", TimeSpan.FromSeconds(30), () => Own(core, sandbox).Count == 0 && core.Disks.Saved.Count == 0);
            await core.AdvanceUntilAsync("the note is gone", TimeSpan.FromSeconds(30), () => !Notes(core));
        }

        Assert.InRange(left, 8, 40);
        Assert.Empty(core.Machine.AtRest);

        // And on the way back: archived as before, with nothing here.
        var objects = core.Store.Objects.Count;
        for (var calls = 0; ; calls++)
        {
            core.Store.CallsLeft = calls;
            var tried = await core.Sandboxes.WakeAsync(Team, sandbox.Id.Value, Cancellation);
            core.Store.CallsLeft = int.MaxValue;
            if (tried.Succeeded) break;
            Assert.Equal(SandboxState.Archived, (await core.GetAsync(sandbox.Id)).State);
            Assert.Equal((0, 0, objects), (core.Machine.AtRest.Count, core.Disks.Saved.Count, core.Store.Objects.Count));
        }

        // The store was gone when the archive was to be deleted: it is when it is back.
        Assert.NotEmpty(Own(core, sandbox));
        await core.AdvanceUntilAsync("the archive is deleted", TimeSpan.FromSeconds(30), () => Own(core, sandbox).Count == 0);
    }

    [Fact]
    public async Task Start_OfAnArchiveThatWasAltered_IsRefusedAndItStaysArchived()
    {
        await using var core = await StartAsync();
        var sandbox = await core.CreateAsync();
        Expect(await core.Sandboxes.ArchiveAsync(Team, sandbox.Id.Value, Cancellation));
        foreach (var (key, bytes) in core.Store.Objects.Where(x => !x.Key.EndsWith("/layer", StringComparison.Ordinal)).ToList())
        {
            byte[] flipped = [.. bytes];
            flipped[bytes.Length / 2] ^= 1;
            foreach (var altered in (byte[]?[])[bytes[..^1], bytes[..(bytes.Length / 2)], [.. bytes, 0], flipped, null])
            {
                core.Store.Objects.TryRemove(key, out _);
                if (altered is not null) core.Store.Objects[key] = altered;
                Assert.Contains(sandbox.Id.Value, ExpectFault(await core.Sandboxes.WakeAsync(Team, sandbox.Id.Value, Cancellation), FaultCode.ArchiveDamaged).Detail, StringComparison.Ordinal);
                Assert.Equal(SandboxState.Archived, (await core.GetAsync(sandbox.Id)).State);
                Assert.Equal((0, 0), (core.Machine.AtRest.Count, core.Disks.Saved.Count));
            }

            core.Store.Objects[key] = bytes;
        }

        Expect(await core.Sandboxes.WakeAsync(Team, sandbox.Id.Value, Cancellation));
    }

    /// <summary>The row says that it runs, on the only disk that there is.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Start_SavedButReportedAsFailed_KeepsTheDiskThatTheRowNames(bool unreadable)
    {
        await using var core = await StartAsync();
        var sandbox = await core.CreateAsync();
        Expect(await core.Sandboxes.ArchiveAsync(Team, sandbox.Id.Value, Cancellation));
        core.Database.SavesAndFails = context =>
        {
            var wake = context.ChangeTracker.Entries<Core.Store.Rows.SandboxRow>().Any(row => row.Entity.State is SandboxState.Running);
            core.Database.IsGone |= wake && unreadable;
            return wake;
        };

        var woken = await core.Sandboxes.WakeAsync(Team, sandbox.Id.Value, Cancellation);

        Assert.Equal(unreadable, !woken.Succeeded);
        core.Database.SavesAndFails = _ => false;
        Assert.Contains(sandbox.Id, core.Machine.Live);
        Assert.DoesNotContain($"free {sandbox.Id}", core.Machine.Calls.Skip(core.Machine.Calls.ToList().LastIndexOf($"place {sandbox.Id}")));
        core.Clock.Advance(TimeSpan.FromMinutes(2));
        core.Database.IsGone = false;

        // What the row says counts from then on.
        Assert.Equal(SandboxState.Running, Expect(await core.Sandboxes.WakeAsync(Team, sandbox.Id.Value, Cancellation)).State);
        Expect(core.Sandboxes.Use(Team, sandbox.Id.Value)).Dispose();
        await core.AdvanceUntilAsync("the archive is deleted", TimeSpan.FromSeconds(30), () => Own(core, sandbox).Count == 0);
        Assert.Contains(sandbox.Id, core.Machine.Live);
        await core.StopHostAsync();
        await core.StartHostAsync();
        Assert.Equal(SandboxState.Running, (await core.GetAsync(sandbox.Id)).State);
    }

    [Fact]
    public async Task Start_NotSavedAndUnreadable_IsUndoneWhenTheRowSaysSo()
    {
        await using var core = await StartAsync();
        var sandbox = await core.CreateAsync();
        Expect(await core.Sandboxes.ArchiveAsync(Team, sandbox.Id.Value, Cancellation));
        core.Database.SavesAndFails = context =>
        {
            if (!context.ChangeTracker.Entries<Core.Store.Rows.SandboxRow>().Any(row => row.Entity.State is SandboxState.Running)) return false;
            core.Database.IsGone = true;
            throw DoubtfulEngine.Broken();
        };
        Assert.False((await core.Sandboxes.WakeAsync(Team, sandbox.Id.Value, Cancellation)).Succeeded);
        Assert.Contains(sandbox.Id, core.Machine.Live);
        core.Database.SavesAndFails = _ => false;
        core.Database.IsGone = false;

        await core.AdvanceUntilAsync("it is archived as before", TimeSpan.FromSeconds(30), () => core.Machine.Live.Count == 0 && core.Machine.AtRest.Count == 0);

        await core.AdvanceUntilAsync("the note is gone", TimeSpan.FromSeconds(30), () => !Notes(core));
        Assert.NotEmpty(Own(core, sandbox));
        Expect(await core.Sandboxes.WakeAsync(Team, sandbox.Id.Value, Cancellation));
    }

    [Fact]
    public async Task Start_WithoutRoom_IsRefusedAndItStaysArchived()
    {
        await using var core = await StartAsync(sandboxes: options => options.MaxLiving = 1);
        var sandbox = await core.CreateAsync(new() { DiskMiB = 100 });
        Expect(await core.Sandboxes.ArchiveAsync(Team, sandbox.Id.Value, Cancellation));
        var other = await core.CreateAsync(new() { DiskMiB = 100 });
        ExpectFault(await core.Sandboxes.WakeAsync(Team, sandbox.Id.Value, Cancellation), FaultCode.CapacityExhausted);
        core.Services.GetRequiredService<TeamLedger>().SetQuota(Team, new(DiskMiB: 199));
        ExpectFault(await core.Sandboxes.WakeAsync(Team, sandbox.Id.Value, Cancellation), FaultCode.QuotaExceeded);
        Expect(await core.Sandboxes.DeleteAsync(Team, other.Id.Value, Cancellation));
        Assert.Equal((1, 0d, 0L, 0L), Use(core));
        Expect(await core.Sandboxes.WakeAsync(Team, sandbox.Id.Value, Cancellation));
    }

    [Fact]
    public async Task Delete_OfAnArchivedOne_DeletesItsArchiveNowOrWhenTheStoreIsBack()
    {
        await using var core = await StartAsync();
        var (first, second) = (await core.CreateAsync(), await core.CreateAsync());
        foreach (var sandbox in (Sandbox[])[first, second]) Expect(await core.Sandboxes.ArchiveAsync(Team, sandbox.Id.Value, Cancellation));
        var shared = Shared(core);
        Expect(await core.Sandboxes.DeleteAsync(Team, first.Id.Value, Cancellation));
        Assert.Empty(Own(core, first));
        Assert.Equal(shared, Shared(core));
        core.Store.CallsLeft = 0;
        Expect(await core.Sandboxes.DeleteAsync(Team, second.Id.Value, Cancellation));
        Assert.NotEmpty(Own(core, second));
        Assert.Equal((0, 0d, 0L, 0L), Use(core));
        await core.StopHostAsync();
        await core.StartHostAsync();
        core.Store.CallsLeft = int.MaxValue;
        await core.AdvanceUntilAsync("the archive is deleted", TimeSpan.FromSeconds(30), () => Own(core, second).Count == 0);
    }

    [Fact]
    public async Task Archive_WhoseLocalDiskCannotBeFreed_IsArchivedAndItIsFreedLater()
    {
        await using var core = await StartAsync();
        var sandbox = await core.CreateAsync();
        core.Machine.OnFree = _ => new(FaultCode.HostFailure, FaultSide.Host, FaultStage.Storage, "Busy.");
        Assert.Equal(SandboxState.Archived, Expect(await core.Sandboxes.ArchiveAsync(Team, sandbox.Id.Value, Cancellation)).State);
        Assert.Contains(sandbox.Id, core.Machine.AtRest);
        core.Machine.OnFree = _ => null;
        await core.AdvanceUntilAsync("it is freed", TimeSpan.FromSeconds(30), () => core.Machine.AtRest.Count == 0 && core.Disks.Saved.Count == 0);
        Expect(await core.Sandboxes.WakeAsync(Team, sandbox.Id.Value, Cancellation));
        Assert.Empty(Own(core, sandbox));
    }

    private static IReadOnlyList<string> Own(TestCore core, Sandbox sandbox) => [.. core.Store.Objects.Keys.Where(key => key.StartsWith($"archives/{sandbox.Id}/", StringComparison.Ordinal))];

    private static IReadOnlyList<string> Shared(TestCore core) => [.. core.Store.Objects.Keys.Where(key => key.StartsWith("layers/", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    private static bool Notes(TestCore core) => core.Services.GetRequiredService<JournalStore>().LoadAsync(CancellationToken.None).GetAwaiter().GetResult().Value.Count > 0;

    private static (int Sandboxes, double Cpu, long MemoryMiB, long DiskMiB) Use(TestCore core) =>
        core.Services.GetRequiredService<TeamLedger>().UseOf(Team) is var use ? (use.Sandboxes, use.Cpu, use.MemoryMiB, use.DiskMiB) : default;
}
