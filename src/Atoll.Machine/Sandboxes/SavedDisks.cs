using Atoll.Core.Failpoints;
using Atoll.Core.Faults;
using Atoll.Core.Machines;
using Atoll.Core.Sandboxes;
using Atoll.Core.Tracing;
using Atoll.Machine.Isolation;
using Atoll.Machine.Live;
using Atoll.Machine.Storage;

namespace Atoll.Machine.Sandboxes;

/// <summary>
/// Core's <see cref="ISavedDisks"/>: the storage's snapshots, taken while the sandbox's processes stand still. What takes long (writing out what is in memory) is done before they are stopped;
/// what is left is the snapshot's own commit, some 5 ms.
/// </summary>
internal sealed class SavedDisks(ISandboxStorage storage, LiveHandles live, SandboxRestorer restorer, SavedMemories memories, SandboxRuntimes runtimes, TimeProvider time) : ISavedDisks
{
    private ICheckpointStorage Checkpoints => storage.Checkpoints;

    public async Task<Result<SavedDisk>> SaveAsync(SandboxId id, CheckpointId saved, CheckpointId? since, CancellationToken cancellation)
    {
        if (!live.TryGet(id, out var handle)) return NotRunning(id);
        var flushed = await AtollTrace.MeasureAsync("checkpoint.flush", () => Checkpoints.FlushAsync(id, cancellation));
        if (flushed.Fault is { } unflushed) return unflushed;
        if (!(await AtollTrace.MeasureAsync("checkpoint.frozen", () => StandingStillAsync(handle, saved, since))).TryGet(out var done, out var fault)) return fault;
        if (!(await storage.MeasureAsync(id, CancellationToken.None)).TryGet(out var written, out fault)) return fault;
        Failpoint.Hit("checkpoint.saved");
        return new SavedDisk(done.Unchanged, written, done.Frozen);
    }

    public Fault? WhyNoMemory(IsolationKind isolation) => runtimes[isolation].MemoryMissing is { } reason ? MemoryFaults.NotSupported(isolation, reason) : null;

    public async Task<Result<SavedDisk>> SaveWithMemoryAsync(SandboxId id, CheckpointId saved, CancellationToken cancellation)
    {
        if (!live.TryGet(id, out var handle)) return NotRunning(id);
        var flushed = await AtollTrace.MeasureAsync("checkpoint.flush", () => Checkpoints.FlushAsync(id, cancellation));
        if (flushed.Fault is { } unflushed) return unflushed;
        if (!(await memories.SaveAsync(handle, saved, () => Checkpoints.SaveAsync(id, saved, CancellationToken.None))).TryGet(out var memory, out var fault)) return fault;
        if (!(await storage.MeasureAsync(id, CancellationToken.None)).TryGet(out var written, out fault)) return fault;
        Failpoint.Hit("checkpoint.saved");
        return new SavedDisk(false, written, memory.Still) { MemoryBytes = memory.Bytes };
    }

    public Task<RestoreOutcome> RestoreAsync(SandboxId id, SandboxSpec spec, CheckpointId saved, CheckpointId? memory, Func<Task> stopping, CancellationToken cancellation) =>
        restorer.RestoreAsync(id, spec, saved, memory, stopping, cancellation);

    public async Task<Result<Done>> DeleteAsync(CheckpointId saved, CancellationToken cancellation)
    {
        // Its memory is of no use without its disk, but the other way round it is.
        var forgotten = await memories.DeleteAsync(saved, cancellation);
        return forgotten.Succeeded ? await Checkpoints.DeleteAsync(saved, cancellation) : forgotten;
    }

    public Task<Result<Done>> DeleteMemoryAsync(CheckpointId saved, CancellationToken cancellation) => memories.DeleteAsync(saved, cancellation);

    public Task<IReadOnlyList<CheckpointId>> ListAsync(CancellationToken cancellation) => Checkpoints.ListAsync(cancellation);

    public Task<IReadOnlyList<CheckpointId>> ListMemoriesAsync(CancellationToken cancellation) => Task.FromResult(memories.List());

    public Task<Result<DiskDiff>> CompareAsync(CheckpointId from, CheckpointId to, int limit, CancellationToken cancellation) => Checkpoints.CompareAsync(from, to, limit, cancellation);

    public Task<Result<DiskDiff>> CompareAsync(CheckpointId from, SandboxId to, int limit, CancellationToken cancellation) => Checkpoints.CompareAsync(from, to, limit, cancellation);

    private static Fault NotRunning(SandboxId id) => new(FaultCode.SandboxNotRunning, FaultSide.Caller, FaultStage.Lookup, $"Sandbox {id} is not running on this node.");

    private async Task<Result<(bool Unchanged, TimeSpan Frozen)>> StandingStillAsync(LiveHandle handle, CheckpointId saved, CheckpointId? since)
    {
        // Away from the caller's thread, which the freezer would hold.
        await Task.Yield();
        var begun = time.GetTimestamp();
        if (handle.Runtime.Freeze(handle.Id).Fault is { } running) return running;
        try
        {
            Failpoint.Hit("checkpoint.frozen");
            if (since is { } parent && await IsUnchangedAsync(handle.Id, parent)) return (true, time.GetElapsedTime(begun));
            var made = await Checkpoints.SaveAsync(handle.Id, saved, CancellationToken.None);
            return made.Map(_ => (false, time.GetElapsedTime(begun)));
        }
        finally
        {
            handle.Runtime.Thaw(handle.Id);
        }
    }

    /// <summary>What cannot be told has changed.</summary>
    private async Task<bool> IsUnchangedAsync(SandboxId id, CheckpointId since) =>
        (await Checkpoints.IsUnchangedAsync(id, since, CancellationToken.None)).TryGet(out var unchanged, out _) && unchanged;
}
