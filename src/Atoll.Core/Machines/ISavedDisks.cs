using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;

namespace Atoll.Core.Machines;

/// <summary>
/// Disks of this host's sandboxes as they were at one moment, read-only, by checkpoint id. They share what they have in common with each other and with living sandboxes.
/// <para>A saved disk may have a <i>memory</i> with it: processes and memory of the same instant (<see cref="SaveWithMemoryAsync"/>), by the same id.</para>
/// <para>Flow: <see cref="SaveAsync"/> any number of times; a new sandbox starts from one when its specification names it (<see cref="IMachine.StartAsync"/>), a living one goes back to
/// one by <see cref="RestoreAsync"/>; <see cref="DeleteAsync"/>, after which disks made from it go on.</para>
/// <para>Crash. A saved disk is there whole or not at all, and durable when the call returns. Whoever saves notes beforehand that it will, and deletes what it did not come to use;
/// <see cref="ListAsync"/> finds what nobody knows of.</para>
/// <para>Threads: any member at any time; for one living sandbox, the caller (its grain) never has two of these, or one and a start or removal, under way at once.</para>
/// </summary>
public interface ISavedDisks
{
    /// <summary>
    /// Saves a living sandbox's disk. Its processes stand still for the snapshot alone, and go on whatever comes of it. A storage that has no snapshots answers
    /// <see cref="FaultCode.NotSupported"/>, a full one <see cref="FaultCode.PoolNearlyFull"/>.
    /// </summary>
    /// <param name="since">The disk that it was last saved to or made from; if it is as it was then, nothing is saved. Null: always save.</param>
    Task<Result<SavedDisk>> SaveAsync(SandboxId id, CheckpointId saved, CheckpointId? since, CancellationToken cancellation);

    /// <summary>Why the memory of such sandboxes cannot be saved, nor one be started from there: <see cref="FaultCode.NotSupported"/> with the reason. Null when it can.</summary>
    Fault? WhyNoMemory(IsolationKind isolation);

    /// <summary>
    /// Saves a living sandbox's disk and memory of one instant, always anew. It stands still until both are saved, then goes on; its open TCP connections may be reset. What the call
    /// returned is durable; a server that dies within it leaves the sandbox to be found and set going by the next one, and what was saved to be deleted.
    /// </summary>
    Task<Result<SavedDisk>> SaveWithMemoryAsync(SandboxId id, CheckpointId saved, CancellationToken cancellation);

    /// <summary>
    /// Ends a living sandbox's processes, puts a copy of a saved disk in place of its own, and starts it again with the same id, address and specification. May be repeated after a
    /// crash at any step, when <see cref="IMachine.RecoverAsync"/> was told that it had begun.
    /// </summary>
    /// <param name="memory">The saved memory, of the same instant as the disk, that it goes on from; null: its processes start anew. One that is damaged, or was saved by another version of its runtime,
    /// is refused with the sandbox untouched.</param>
    /// <param name="stopping">Called, and waited for, when all that could leave the sandbox as it was has succeeded, and its processes are about to end.</param>
    Task<RestoreOutcome> RestoreAsync(SandboxId id, SandboxSpec spec, CheckpointId saved, CheckpointId? memory, Func<Task> stopping, CancellationToken cancellation);

    /// <summary>Frees a saved disk, and the memory that was saved with it. Succeeds for what is not there.</summary>
    Task<Result<Done>> DeleteAsync(CheckpointId saved, CancellationToken cancellation);

    /// <summary>Frees a saved memory; its disk stays, because other checkpoints stand on it.</summary>
    Task<Result<Done>> DeleteMemoryAsync(CheckpointId saved, CancellationToken cancellation);

    Task<IReadOnlyList<CheckpointId>> ListAsync(CancellationToken cancellation);

    Task<IReadOnlyList<CheckpointId>> ListMemoriesAsync(CancellationToken cancellation);

    /// <summary>What differs between two saved disks; no file is read.</summary>
    /// <param name="limit">The most paths to name, in all.</param>
    Task<Result<DiskDiff>> CompareAsync(CheckpointId from, CheckpointId to, int limit, CancellationToken cancellation);

    /// <summary>The same, with a living sandbox's disk as it is now.</summary>
    Task<Result<DiskDiff>> CompareAsync(CheckpointId from, SandboxId to, int limit, CancellationToken cancellation);
}
