using Atoll.Core.Faults;
using Atoll.Core.Machines;
using Atoll.Core.Sandboxes;
using Atoll.Core.Teams;

namespace Atoll.Core.Volumes;

/// <summary>
/// Storage that outlives sandboxes, as callers see it.
/// <para>Vocabulary. A volume is <i>mounted</i> in a sandbox from its create to its end (<see cref="SandboxRequest.Volumes"/>), asleep or awake, in as many as one likes. A <i>snapshot</i> is a volume as
/// another was at one moment, and never changes; a <i>clone</i> goes on from there by itself. Both are O(1) and share what nobody has changed since.</para>
/// <para>A volume is addressed by id or name, always within the caller's team.</para>
/// <para>Crash. What a call returned is there. What a dying server had begun is undone (a volume, snapshot or clone that nobody was told of; a resize) or completed (a deletion) by the next one.</para>
/// <para>Threads: any member at any time.</para>
/// </summary>
public interface IVolumes
{
    /// <summary>An empty volume, which every user of every sandbox of the team can write to.</summary>
    Task<Result<VolumeState>> CreateAsync(TeamId team, VolumeRequest request, CancellationToken cancellation);

    Task<Result<VolumeState>> GetAsync(TeamId team, string volume, CancellationToken cancellation);

    /// <summary>Newest first.</summary>
    Result<Page<VolumeState>> List(TeamId team, int limit, string? cursor);

    /// <summary>Renames or resizes it. A size below what it holds is refused; sandboxes that have it mounted see the new size at once.</summary>
    Task<Result<VolumeState>> UpdateAsync(TeamId team, string volume, VolumeUpdate update, CancellationToken cancellation);

    /// <summary>Deletes it with all that is in it; its snapshots and clones stay. <see cref="FaultCode.VolumeInUse"/> while it is mounted.</summary>
    Task<Result<Done>> DeleteAsync(TeamId team, string volume, CancellationToken cancellation);

    /// <summary>A volume as this one is now, for good: as after a power cut, where something is writing to it.</summary>
    Task<Result<VolumeState>> SnapshotAsync(TeamId team, string volume, VolumeRequest request, CancellationToken cancellation);

    /// <summary>A volume that begins as this one, or this snapshot, is now.</summary>
    Task<Result<VolumeState>> CloneAsync(TeamId team, string volume, VolumeRequest request, CancellationToken cancellation);

    /// <summary>Its files, for as long as no sandbox has it mounted. The caller disposes what comes back.</summary>
    /// <param name="write"><see cref="FaultCode.VolumeReadOnly"/> for a snapshot.</param>
    Task<Result<IVolumeFiles>> OpenAsync(TeamId team, string volume, bool write, CancellationToken cancellation);
}
