using Atoll.Core.Faults;
using Atoll.Core.Machines;
using Atoll.Core.Sandboxes.Capacity;

namespace Atoll.Core.Volumes.Service;

/// <summary>Volumes as they are on the host now, and who has them.</summary>
internal sealed class VolumeLooks(IMachine machine, IVolumeDisks disks, MountLedger mounts)
{
    public string Node => machine.Description.Node;

    public VolumeState Briefly(Volume volume) => new(volume, null, mounts.UsersOf(volume.Id));

    public async Task<Result<VolumeState>> AtAsync(Volume volume, CancellationToken cancellation)
    {
        var measured = await disks.MeasureAsync(volume.Id, cancellation);
        return new VolumeState(volume, measured.TryGet(out var used, out _) ? used : null, mounts.UsersOf(volume.Id));
    }

    /// <summary>Its files are the sandbox's business while one has it mounted: the sandbox's own files API reaches them there.</summary>
    public async Task<Result<IVolumeFiles>> IntoAsync(Volume volume, CancellationToken cancellation)
    {
        var users = mounts.UsersOf(volume.Id);
        if (users.Count > 0) return VolumeFaults.InUse(volume, users, "Work with its files through one of those sandboxes.");
        return await disks.OpenAsync(volume.Id, cancellation);
    }
}
