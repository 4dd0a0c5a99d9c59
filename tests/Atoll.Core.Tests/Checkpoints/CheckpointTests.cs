using Atoll.Core.Checkpoints;
using Atoll.Core.Events;
using Atoll.Core.Faults;
using Atoll.Core.Machines;
using Atoll.Core.Sandboxes;
using Atoll.Core.Sandboxes.Capacity;
using Atoll.Core.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;
using static Atoll.Core.Tests.Fakes.TestCore;

namespace Atoll.Core.Tests.Checkpoints;

public abstract class CheckpointTests : StoreSuite
{
    private static readonly Fault Broken = new(FaultCode.HostFailure, FaultSide.Host, FaultStage.Storage, "Broken.");
    private static readonly Fault Full = new(FaultCode.PoolNearlyFull, FaultSide.Host, FaultStage.Storage, "The storage pool is nearly full.");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Create_Several_FormATreeAndTheSandboxSaysWhereItIs()
    {
        await using var core = await StartAsync();
        var sandbox = await core.CreateAsync();
        var first = await MakeAsync(core, sandbox, "first");
        core.Disks.OnSave = (_, since) => Task.FromResult<Result<SavedDisk>>(new SavedDisk(true, 5 << 20, TimeSpan.Zero));
        var same = await MakeAsync(core, sandbox, null);
        core.Disks.OnSave = (_, _) => Task.FromResult<Result<SavedDisk>>(new SavedDisk(false, 7 << 20, TimeSpan.Zero));
        var third = await MakeAsync(core, sandbox, null);

        Assert.Equal((null, 5L << 20, false), (first.Parent, first.SizeBytes, first.Unchanged));
        Assert.Equal((first.Id, 0L, true), (same.Parent, same.SizeBytes, same.Unchanged));
        Assert.Equal((same.Id, 2L << 20, false), (third.Parent, third.SizeBytes, third.Unchanged));
        Assert.Equal(third.Id, (await core.GetAsync(sandbox.Id)).Checkpoint);
        Assert.Equal([third.Id, same.Id, first.Id], Expect(await core.Checkpoints.ListAsync(Team, null, 100, null, Cancellation)).Items.Select(x => x.Id));
        Assert.Equal(3, (await core.EventsAsync(sandbox.Id)).Count(x => x.Type == EventTypes.CheckpointCreated));

        await core.StopHostAsync();
        await core.StartHostAsync();
        Assert.Equal(third.Id, (await core.GetAsync(sandbox.Id)).Checkpoint);
        Assert.Equal(third, Expect(await core.Checkpoints.GetAsync(Team, third.Id.Value, Cancellation)) with { Spec = third.Spec });
        Assert.Equal(2, core.Disks.Saved.Count);
    }

    [Fact]
    public async Task Delete_InTheMiddle_ChildrenKeepTheirPlaceAndASharedDiskStays()
    {
        await using var core = await StartAsync();
        var sandbox = await core.CreateAsync();
        var first = await MakeAsync(core, sandbox, null);
        core.Disks.OnSave = (_, _) => Task.FromResult<Result<SavedDisk>>(new SavedDisk(true, 0, TimeSpan.Zero));
        var same = await MakeAsync(core, sandbox, null);
        core.Disks.OnSave = (_, _) => Task.FromResult<Result<SavedDisk>>(new SavedDisk(false, 0, TimeSpan.Zero));
        var third = await MakeAsync(core, sandbox, null);

        Expect(await core.Checkpoints.DeleteAsync(Team, first.Id.Value, Cancellation));
        Assert.Contains(first.Id, core.Disks.Saved);
        Assert.Null(Expect(await core.Checkpoints.GetAsync(Team, same.Id.Value, Cancellation)).Parent);
        Expect(await core.Checkpoints.RestoreAsync(Team, sandbox.Id.Value, same.Id.Value, Cancellation));
        Assert.Contains($"restore {sandbox.Id} {first.Id}", core.Disks.Calls);

        Expect(await core.Checkpoints.DeleteAsync(Team, same.Id.Value, Cancellation));
        Assert.DoesNotContain(first.Id, core.Disks.Saved);
        Assert.Null(Expect(await core.Checkpoints.GetAsync(Team, third.Id.Value, Cancellation)).Parent);
        ExpectFault(await core.Checkpoints.DeleteAsync(Team, same.Id.Value, Cancellation), FaultCode.CheckpointNotFound);

        // The sandbox went back to one that is gone, which was after one that is gone: what it makes now begins a tree, as the third does.
        Assert.Null((await MakeAsync(core, sandbox, null)).Parent);
        Expect(await core.Checkpoints.RestoreAsync(Team, sandbox.Id.Value, third.Id.Value, Cancellation));
        var fourth = await MakeAsync(core, sandbox, null);
        Expect(await core.Checkpoints.DeleteAsync(Team, fourth.Id.Value, Cancellation));
        var fifth = await MakeAsync(core, sandbox, null);
        Assert.Equal(third.Id, fifth.Parent);
        Assert.Equal(3, Ledger(core).UseOf(Team).Checkpoints);
    }

    [Theory]
    [InlineData(CheckpointKind.Disk)]
    [InlineData(CheckpointKind.Full)]
    public async Task Create_PoolFull_SaysSoAndTheSandboxGoesOn(CheckpointKind kind)
    {
        await using var core = await StartAsync();
        var sandbox = await core.CreateAsync();
        core.Disks.OnSave = (_, _) => Task.FromResult<Result<SavedDisk>>(Full);
        ExpectFault(await core.Checkpoints.CreateAsync(Team, sandbox.Id.Value, new(kind), Cancellation), FaultCode.PoolNearlyFull);
        Expect(core.Sandboxes.Use(Team, sandbox.Id.Value)).Dispose();
        Assert.Empty(Expect(await core.Checkpoints.ListAsync(Team, null, 100, null, Cancellation)).Items);
        Assert.Null((await core.GetAsync(sandbox.Id)).Checkpoint);
    }

    [Fact]
    public async Task Create_BeyondTheDiskQuota_LeavesNothing()
    {
        await using var core = await StartAsync();
        var sandbox = await core.CreateAsync(new() { DiskMiB = 100 });
        Ledger(core).SetQuota(Team, new(DiskMiB: 104));
        ExpectFault(await core.Checkpoints.CreateAsync(Team, sandbox.Id.Value, new(), Cancellation), FaultCode.QuotaExceeded);
        Assert.Empty(core.Disks.Saved);
        Assert.Equal((100L, 0), (Ledger(core).UseOf(Team).DiskMiB, Ledger(core).UseOf(Team).Checkpoints));
    }

    [Fact]
    public async Task Create_FullOrBadlyNamed_IsRefusedBeforeAnythingIsDone()
    {
        await using var core = await StartAsync();
        var sandbox = await core.CreateAsync();
        await MakeAsync(core, sandbox, "taken");
        var saves = core.Disks.Calls.Count;
        core.Disks.NoMemory = new(FaultCode.NotSupported, FaultSide.Host, FaultStage.Isolation, "It cannot.");
        ExpectFault(await core.Checkpoints.CreateAsync(Team, sandbox.Id.Value, new(CheckpointKind.Full), Cancellation), FaultCode.NotSupported);
        ExpectFault(await core.Checkpoints.ForkSandboxAsync(Team, sandbox.Id.Value, new(1, CheckpointKind.Full, new()), Cancellation), FaultCode.NotSupported);
        var wrong = ExpectFault(await core.Checkpoints.CreateAsync(Team, sandbox.Id.Value, new(Name: "No", Comment: new('x', 1001)), Cancellation), FaultCode.InvalidRequest);
        Assert.Equal(["comment", "name"], wrong.Fields.Keys.Order());
        Assert.Equal(saves, core.Disks.Calls.Count);
        ExpectFault(await core.Checkpoints.CreateAsync(Team, sandbox.Id.Value, new(Name: "taken"), Cancellation), FaultCode.NameTaken);
        Assert.Single(core.Disks.Saved);
    }

    [Fact]
    public async Task Create_WhileItIsDeleted_IsRefused()
    {
        await using var core = await StartAsync();
        var sandbox = await core.CreateAsync();
        TaskCompletionSource removing = new(TaskCreationOptions.RunContinuationsAsynchronously), go = new(TaskCreationOptions.RunContinuationsAsynchronously);
        core.Machine.OnRemove = async _ =>
        {
            removing.TrySetResult();
            await go.Task;
            return null;
        };
        var deleting = core.Sandboxes.DeleteAsync(Team, sandbox.Id.Value, Cancellation);
        await removing.Task;
        var saving = core.Checkpoints.CreateAsync(Team, sandbox.Id.Value, new(), Cancellation);
        go.SetResult();
        Expect(await deleting);
        ExpectFault(await saving, FaultCode.SandboxEnded);
        Assert.Empty(core.Disks.Saved);
    }

    [Fact]
    public async Task Restore_DeletedOrForeignOrOfAnotherIsolation_IsRefused()
    {
        await using var core = await StartAsync();
        core.Machine.Description = core.Machine.Description with { Isolation = [new(IsolationKind.GVisor, "runsc test", null), new(IsolationKind.Container, "launcher", null)] };
        var sandbox = await core.CreateAsync(new() { Isolation = IsolationKind.GVisor });
        var container = await core.CreateAsync(new() { Isolation = IsolationKind.Container });
        var foreign = await core.CreateAsync(team: OtherTeam);
        var deleted = await MakeAsync(core, sandbox, null);
        Expect(await core.Checkpoints.DeleteAsync(Team, deleted.Id.Value, Cancellation));
        var mine = await MakeAsync(core, sandbox, null);
        var theirs = Expect(await core.Checkpoints.CreateAsync(OtherTeam, foreign.Id.Value, new(), Cancellation));

        ExpectFault(await core.Checkpoints.RestoreAsync(Team, sandbox.Id.Value, deleted.Id.Value, Cancellation), FaultCode.CheckpointNotFound);
        ExpectFault(await core.Checkpoints.RestoreAsync(Team, sandbox.Id.Value, theirs.Id.Value, Cancellation), FaultCode.CheckpointNotFound);
        ExpectFault(await core.Checkpoints.RestoreAsync(Team, container.Id.Value, mine.Id.Value, Cancellation), FaultCode.CheckpointMismatch);
        ExpectFault(await core.Checkpoints.ForkAsync(Team, theirs.Id.Value, new(1, CheckpointKind.Disk, new()), Cancellation), FaultCode.CheckpointNotFound);
        ExpectFault(await core.Checkpoints.GetAsync(Team, theirs.Id.Value, Cancellation), FaultCode.CheckpointNotFound);
        ExpectFault(await core.Checkpoints.DeleteAsync(Team, theirs.Id.Value, Cancellation), FaultCode.CheckpointNotFound);
        Assert.DoesNotContain(core.Disks.Calls, call => call.StartsWith("restore", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Restore_TwoAtOnce_OneIsDoneAndOneRefused()
    {
        await using var core = await StartAsync();
        var sandbox = await core.CreateAsync();
        var checkpoint = await MakeAsync(core, sandbox, null);
        TaskCompletionSource begun = new(TaskCreationOptions.RunContinuationsAsynchronously), go = new(TaskCreationOptions.RunContinuationsAsynchronously);
        core.Disks.OnRestore = async _ =>
        {
            begun.TrySetResult();
            await go.Task;
            return RestoreOutcome.Restored;
        };
        using var held = Expect(core.Sandboxes.Use(Team, sandbox.Id.Value));
        var one = core.Checkpoints.RestoreAsync(Team, sandbox.Id.Value, checkpoint.Id.Value, Cancellation);
        await begun.Task;
        Assert.True(held.Ended.IsCancellationRequested);
        ExpectFault(await core.Checkpoints.RestoreAsync(Team, sandbox.Id.Value, checkpoint.Id.Value, Cancellation), FaultCode.SandboxNotRunning);
        ExpectFault(core.Sandboxes.Use(Team, sandbox.Id.Value), FaultCode.SandboxNotRunning);
        go.SetResult();

        Assert.Equal((SandboxState.Running, checkpoint.Id), (Expect(await one).State, Expect(await one).Checkpoint));
        Assert.Single(core.Disks.Calls, call => call.StartsWith("restore", StringComparison.Ordinal));
        using var again = Expect(core.Sandboxes.Use(Team, sandbox.Id.Value));
        Assert.False(again.Ended.IsCancellationRequested);
        Assert.Equal(EventTypes.Restored, (await core.EventsAsync(sandbox.Id))[^1].Type);
    }

    [Fact]
    public async Task Restore_Fails_TheSandboxGoesOnOrIsStoppedWithTheReason()
    {
        await using var core = await StartAsync();
        var sandbox = await core.CreateAsync();
        var checkpoint = await MakeAsync(core, sandbox, null);
        core.Disks.OnRestore = _ => Task.FromResult(new RestoreOutcome(Full, Untouched: true));
        ExpectFault(await core.Checkpoints.RestoreAsync(Team, sandbox.Id.Value, checkpoint.Id.Value, Cancellation), FaultCode.PoolNearlyFull);
        Expect(core.Sandboxes.Use(Team, sandbox.Id.Value)).Dispose();

        core.Disks.OnRestore = _ => Task.FromResult(new RestoreOutcome(Broken, Untouched: false));
        ExpectFault(await core.Checkpoints.RestoreAsync(Team, sandbox.Id.Value, checkpoint.Id.Value, Cancellation), FaultCode.HostFailure);
        var failed = await core.GetAsync(sandbox.Id);
        Assert.Equal((SandboxState.Stopped, EndReason.StartFailed), (failed.State, failed.Reason));
        Assert.Contains("Broken.", failed.ReasonDetail, StringComparison.Ordinal);
        Assert.Empty(core.Machine.Live);
        Assert.Contains(sandbox.Id, core.Machine.AtRest);
        Expect(await core.Sandboxes.WakeAsync(Team, sandbox.Id.Value, Cancellation));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(101)]
    [InlineData(int.MinValue)]
    public async Task Fork_CountOutOfRange_IsRefusedAndNothingIsMade(int count)
    {
        await using var core = await StartAsync();
        var sandbox = await core.CreateAsync();
        Assert.True(ExpectFault(await core.Checkpoints.ForkSandboxAsync(Team, sandbox.Id.Value, new(count, CheckpointKind.Disk, new()), Cancellation), FaultCode.InvalidRequest).Fields.ContainsKey("count"));
        Assert.Empty(core.Disks.Calls);
        Assert.Single(core.Machine.Live);
    }

    [Fact]
    public async Task Fork_MoreThanTheQuotaHasRoomFor_ThoseWithinItAreMadeAndEachOtherSaysWhy()
    {
        await using var core = await StartAsync();
        var sandbox = await core.CreateAsync(new() { Env = System.Collections.Immutable.ImmutableDictionary<string, string>.Empty.Add("A", "1") });
        Ledger(core).SetQuota(Team, new(Sandboxes: 3));
        var forked = Expect(await core.Checkpoints.ForkSandboxAsync(Team, sandbox.Id.Value, new(5, CheckpointKind.Disk, new() { Name = "try" }), Cancellation));
        Assert.Equal((2, 3), (forked.Sandboxes.Count(x => x.Succeeded), forked.Sandboxes.Count(x => x.Fault is { Code: FaultCode.QuotaExceeded })));
        Assert.All(forked.Sandboxes.Where(x => x.Succeeded), x => Assert.Equal((forked.Checkpoint, "1"), (x.Value.Checkpoint, x.Value.Spec.Env["A"])));
        Assert.Equal(3, core.Machine.Live.Count);
        ExpectFault(await core.Checkpoints.ForkAsync(Team, forked.Checkpoint.Value, new(2, CheckpointKind.Disk, new()), Cancellation), FaultCode.QuotaExceeded);
    }

    [Fact]
    public async Task Create_FromACheckpoint_HasItsDiskAndItsValuesButNoTemplateOfItsOwn()
    {
        await using var core = await StartAsync();
        var sandbox = await core.CreateAsync(new() { MemoryMiB = 512, WorkingDirectory = "/srv" });
        var checkpoint = await MakeAsync(core, sandbox, null);
        var made = await core.CreateAsync(new() { Checkpoint = checkpoint.Id.Value, MemoryMiB = 256 });
        Assert.Equal((checkpoint.Id, checkpoint.Id, 256, "/srv", sandbox.Spec.Template), (made.Checkpoint, made.Spec.Disk, made.Spec.Limits.MemoryMiB, made.Spec.WorkingDirectory, made.Spec.Template));
        ExpectFault(await core.Sandboxes.CreateAsync(Team, new() { Checkpoint = "nowhere" }, null, true, Cancellation), FaultCode.CheckpointNotFound);
        ExpectFault(await core.Sandboxes.CreateAsync(OtherTeam, new() { Checkpoint = checkpoint.Id.Value }, null, true, Cancellation), FaultCode.CheckpointNotFound);
        var both = ExpectFault(await core.Sandboxes.CreateAsync(Team, new() { Checkpoint = checkpoint.Id.Value, Template = "default", Isolation = IsolationKind.Container }, null, true, Cancellation), FaultCode.InvalidRequest);
        Assert.Equal(["isolation", "template"], both.Fields.Keys.Order());
    }

    [Fact]
    public async Task Fork_OriginAndCheckpointDeletedMeanwhile_TheForksAreMadeOrSayWhy()
    {
        await using var core = await StartAsync();
        var sandbox = await core.CreateAsync();
        var checkpoint = await MakeAsync(core, sandbox, null);
        TaskCompletionSource begun = new(TaskCreationOptions.RunContinuationsAsynchronously), go = new(TaskCreationOptions.RunContinuationsAsynchronously);
        core.Machine.OnStart = async (_, _) =>
        {
            begun.TrySetResult();
            await go.Task;
            return null;
        };
        var forking = core.Checkpoints.ForkAsync(Team, checkpoint.Id.Value, new(2, CheckpointKind.Disk, new()), Cancellation);
        await begun.Task;
        Expect(await core.Sandboxes.DeleteAsync(Team, sandbox.Id.Value, Cancellation));
        Expect(await core.Checkpoints.DeleteAsync(Team, checkpoint.Id.Value, Cancellation));
        go.SetResult();
        var forked = await forking;
        Assert.All(forked.TryGet(out var made, out _) ? made.Sandboxes : [], one => Assert.True(one.Succeeded || one.Fault!.Code is FaultCode.CheckpointNotFound, one.Fault?.ToString()));
        Assert.Equal(made?.Sandboxes.Count(x => x.Succeeded) ?? 0, core.Machine.Live.Count);
    }

    [Fact]
    public async Task Full_MadeRestoredForkedAndDeleted_GoesWithItsMemoryWhereItIsWanted()
    {
        await using var core = await StartAsync();
        var sandbox = await core.CreateAsync(new() { MemoryMiB = 512 });
        var full = Expect(await core.Checkpoints.CreateAsync(Team, sandbox.Id.Value, new(CheckpointKind.Full, "warm"), Cancellation));
        Assert.Equal((CheckpointKind.Full, full.Id, 105L << 20, false), (full.Kind, full.Memory, full.SizeBytes, full.Unchanged));
        Assert.Equal(105, Ledger(core).UseOf(Team).DiskMiB - sandbox.Spec.Limits.DiskMiB);

        Expect(await core.Checkpoints.RestoreAsync(Team, sandbox.Id.Value, "warm", Cancellation));
        Assert.Contains($"restore {sandbox.Id} {full.Id} with memory", core.Disks.Calls);

        // What is not said is as the checkpoint is; the disk alone can be had of it as well.
        var forked = Expect(await core.Checkpoints.ForkAsync(Team, full.Id.Value, new(2, null, new()), Cancellation));
        Assert.All(forked.Sandboxes, one => Assert.Equal((full.Id, full.Id), (one.Value.Spec.Disk, one.Value.Spec.Memory)));
        var disk = Expect(await core.Checkpoints.ForkAsync(Team, full.Id.Value, new(1, CheckpointKind.Disk, new()), Cancellation)).Sandboxes[0].Value;
        Assert.Equal((full.Id, (CheckpointId?)null), (disk.Spec.Disk, disk.Spec.Memory));
        Assert.Equal(full.Id, (await core.CreateAsync(new() { Checkpoint = full.Id.Value })).Spec.Memory);

        // One that stands on its disk keeps that, and not the memory.
        core.Disks.OnSave = (_, _) => Task.FromResult<Result<SavedDisk>>(new SavedDisk(true, 0, TimeSpan.Zero));
        var same = await MakeAsync(core, sandbox, null);
        Assert.Equal((full.Id, CheckpointKind.Disk, (CheckpointId?)null), (same.Disk, same.Kind, same.Memory));
        ExpectFault(await core.Checkpoints.ForkAsync(Team, same.Id.Value, new(1, CheckpointKind.Full, new()), Cancellation), FaultCode.InvalidRequest);
        Assert.Null(Expect(await core.Checkpoints.ForkAsync(Team, same.Id.Value, new(1, null, new()), Cancellation)).Sandboxes[0].Value.Spec.Memory);
        Expect(await core.Checkpoints.DeleteAsync(Team, full.Id.Value, Cancellation));
        Assert.Equal((1, 0), (core.Disks.Saved.Count, core.Disks.Memories.Count));
        Expect(await core.Checkpoints.DeleteAsync(Team, same.Id.Value, Cancellation));
        Assert.Empty(core.Disks.Saved);
    }

    [Fact]
    public async Task Full_DeletedWhileItsMemoryCannotBeFreed_IsFreedLater()
    {
        await using var core = await StartAsync();
        var sandbox = await core.CreateAsync();
        var full = Expect(await core.Checkpoints.CreateAsync(Team, sandbox.Id.Value, new(CheckpointKind.Full), Cancellation));
        core.Disks.OnSave = (_, _) => Task.FromResult<Result<SavedDisk>>(new SavedDisk(true, 0, TimeSpan.Zero));
        await MakeAsync(core, sandbox, null);
        core.Disks.OnDelete = _ => Task.FromResult<Fault?>(Broken);
        Expect(await core.Checkpoints.DeleteAsync(Team, full.Id.Value, Cancellation));
        Assert.Single(core.Disks.Memories);
        core.Disks.OnDelete = _ => Task.FromResult<Fault?>(null);
        await core.AdvanceUntilAsync("the memory is freed", TimeSpan.FromSeconds(30), () => core.Disks.Memories.Count == 0);
        Assert.Single(core.Disks.Saved);
    }

    [Fact]
    public async Task Restart_WithOpenOperations_EachIsCompletedOrUndone()
    {
        await using var core = await StartAsync();
        var sandbox = await core.CreateAsync();
        var kept = await MakeAsync(core, sandbox, null);
        var doomed = await MakeAsync(core, sandbox, null);
        core.Disks.OnDelete = id => Task.FromResult(id == doomed.Id ? Broken : null);
        Expect(await core.Checkpoints.DeleteAsync(Team, doomed.Id.Value, Cancellation));
        Assert.Contains(doomed.Id, core.Disks.Saved);
        var unknown = CheckpointId.New();
        core.Disks.LeaveBehind(unknown);
        await core.StopHostAsync();
        core.Disks.OnDelete = _ => Task.FromResult<Fault?>(null);

        await core.StartHostAsync();

        Assert.Equal([kept.Id], core.Disks.Saved);
        Assert.Equal(kept.Id, Expect(await core.Checkpoints.GetAsync(Team, kept.Id.Value, Cancellation)).Id);
        Assert.Equal(1, Ledger(core).UseOf(Team).Checkpoints);
    }

    [Fact]
    public async Task Keeper_DeletionThatFailed_IsTriedAgainByTheClock()
    {
        await using var core = await StartAsync();
        var sandbox = await core.CreateAsync();
        var checkpoint = await MakeAsync(core, sandbox, null);
        core.Disks.OnDelete = _ => Task.FromResult<Fault?>(Broken);
        Expect(await core.Checkpoints.DeleteAsync(Team, checkpoint.Id.Value, Cancellation));
        core.Disks.OnDelete = _ => Task.FromResult<Fault?>(null);
        await core.AdvanceUntilAsync("the disk is freed", TimeSpan.FromSeconds(30), () => core.Disks.Saved.Count == 0);
    }

    private static TeamLedger Ledger(TestCore core) => core.Services.GetRequiredService<TeamLedger>();

    private static async Task<Checkpoint> MakeAsync(TestCore core, Sandbox sandbox, string? name)
    {
        core.Clock.Advance(TimeSpan.FromSeconds(1));
        return Expect(await core.Checkpoints.CreateAsync(sandbox.Team, sandbox.Id.Value, new(Name: name), Cancellation));
    }
}
