using Atoll.Core.Faults;
using Atoll.Core.Machines;
using Atoll.Core.Sandboxes;

namespace Atoll.Machine.Storage;

/// <summary>
/// Clones of sandboxes as they were at a moment: read-only, by checkpoint id, sharing what they have in common.
/// <para>Flow: <see cref="FlushAsync"/> while the sandbox runs, then, with its processes stopped, <see cref="IsUnchangedAsync"/> and <see cref="SaveAsync"/>. New sandboxes:
/// <see cref="CloneAsync"/>. The same one: <see cref="ReplaceAsync"/>, with its processes ended. Each is whole or not there, after a crash too.</para>
/// <para>A storage without snapshots answers each with <see cref="FaultCode.NotSupported"/>. Threads: as for <see cref="ISandboxStorage"/>.</para>
/// </summary>
internal interface ICheckpointStorage
{
    /// <summary>Saved clones on their way from and to other machines.</summary>
    IDiskStreams Streams { get; }

    /// <summary>Removes what a server that died left of restores, comparisons and imports. Only by a server, at its start: another process may have the pool open meanwhile.</summary>
    Task<Result<Done>> SweepAsync(CancellationToken cancellation);

    /// <summary>Writes out what a snapshot would have to, so that the snapshot itself is short.</summary>
    Task<Result<Done>> FlushAsync(SandboxId id, CancellationToken cancellation);

    /// <summary>Whether a clone is as it was when it was saved to, or made from, this checkpoint. A false "no" is possible, a false "yes" is not. Preconditions: nothing writes.</summary>
    Task<Result<bool>> IsUnchangedAsync(SandboxId id, CheckpointId since, CancellationToken cancellation);

    /// <summary>Durable when it returns. <see cref="FaultCode.PoolNearlyFull"/> as for a clone.</summary>
    Task<Result<Done>> SaveAsync(SandboxId id, CheckpointId saved, CancellationToken cancellation);

    /// <summary>A new sandbox's clone: <see cref="ISandboxStorage.CloneAsync"/>.</summary>
    Task<Result<string>> CloneAsync(CheckpointId saved, SandboxId id, long diskBytes, CancellationToken cancellation);

    /// <summary>Makes ready what <see cref="ReplaceAsync"/> puts in place, so that what can fail fails while the sandbox still runs.</summary>
    Task<Result<Done>> StageAsync(CheckpointId saved, SandboxId id, long diskBytes, CancellationToken cancellation);

    /// <summary>Puts what was staged in the clone's place, in one step, and frees the old one. Preconditions: <see cref="StageAsync"/>; nothing runs in the clone.</summary>
    /// <returns>The clone's root directory on the host.</returns>
    Task<Result<string>> ReplaceAsync(SandboxId id, CancellationToken cancellation);

    /// <summary>Clones of it live on. Succeeds for what is not there.</summary>
    Task<Result<Done>> DeleteAsync(CheckpointId saved, CancellationToken cancellation);

    Task<IReadOnlyList<CheckpointId>> ListAsync(CancellationToken cancellation);

    /// <summary>The folder of the pool for images of memory, which are kept beside saved disks and share nothing.</summary>
    /// <param name="bytes">How much is about to be written there; 0 for nothing. <see cref="FaultCode.PoolNearlyFull"/> when the pool's reserve would be touched.</param>
    Result<string> MemoryFolder(long bytes);

    Task<Result<DiskDiff>> CompareAsync(CheckpointId from, CheckpointId to, int limit, CancellationToken cancellation);

    /// <summary>With a clone as it is now, whatever writes to it.</summary>
    Task<Result<DiskDiff>> CompareAsync(CheckpointId from, SandboxId to, int limit, CancellationToken cancellation);
}
