using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;

namespace Atoll.Core.Machines;

/// <summary>
/// Volumes on this host, by id. Files in them have the same owners in all sandboxes; their roots can be written to by everybody inside.
/// <para>Crash. A volume is there whole or not at all, and durable when the call returns. Whoever makes one notes beforehand that it will, and deletes what it did not come to use.</para>
/// <para>A storage without snapshots answers <see cref="SnapshotAsync"/> and <see cref="CloneAsync"/> with <see cref="FaultCode.NotSupported"/>. Threads: any member at any time.</para>
/// </summary>
public interface IVolumeDisks
{
    /// <summary>Whether sizes are kept. Where not, they are given as 0.</summary>
    bool HasQuotas { get; }

    /// <param name="bytes">The most that can be written to it.</param>
    Task<Result<Done>> CreateAsync(VolumeId id, long bytes, CancellationToken cancellation);

    Task<Result<Done>> SnapshotAsync(VolumeId source, VolumeId id, CancellationToken cancellation);

    /// <param name="bytes">The most that can be written to it, beyond what it begins with.</param>
    Task<Result<Done>> CloneAsync(VolumeId source, VolumeId id, long bytes, CancellationToken cancellation);

    /// <summary>In force at once, for what has it mounted too. Repeatable.</summary>
    Task<Result<Done>> LimitAsync(VolumeId id, long bytes, CancellationToken cancellation);

    /// <summary>What was written to it, up to 30 s old; null where that is not counted.</summary>
    Task<Result<long?>> MeasureAsync(VolumeId id, CancellationToken cancellation);

    /// <summary>Succeeds for what is not there. Preconditions: no sandbox has it mounted.</summary>
    Task<Result<Done>> DeleteAsync(VolumeId id, CancellationToken cancellation);

    Task<IReadOnlyList<VolumeId>> ListAsync(CancellationToken cancellation);

    /// <summary>The caller disposes what comes back.</summary>
    Task<Result<IVolumeFiles>> OpenAsync(VolumeId id, CancellationToken cancellation);
}
