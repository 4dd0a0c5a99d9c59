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

    public async Task<Result<IVolumeFiles>> IntoAsync(Volume volume, CancellationToken cancellation)
    {
        if (!mounts.Enter(volume).TryGet(out var use, out var fault)) return fault;
        var opened = false;
        try
        {
            if (!(await disks.OpenAsync(volume.Id, cancellation)).TryGet(out var files, out fault)) return fault;
            opened = true;
            return new HeldVolumeFiles(files, use);
        }
        finally
        {
            if (!opened) use.Dispose();
        }
    }
}
