using Atoll.Core.Faults;
using Atoll.Core.Machines;
using Atoll.Core.Sandboxes.Capacity;
using Atoll.Core.Store;
using Microsoft.Extensions.Logging;

namespace Atoll.Core.Sandboxes.Recovery;

/// <summary>
/// The part of a recovery that is about volumes. One on the host that is in no row and no journal (the database is older than the host) is left alone, and told of: what is in it may be all that
/// somebody has.
/// </summary>
internal sealed partial class VolumeRecovery(VolumeStore store, IVolumeDisks disks, JournalStore journal, Admissions admissions, ILogger<VolumeRecovery> log)
{
    /// <summary>Before the journal is settled.</summary>
    /// <exception cref="FaultException">The database cannot be read.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var volumes = (await store.LoadAsync(cancellation)).TryGet(out var loaded, out var fault) ? loaded : throw new FaultException(fault);
        var noted = (await journal.LoadAsync(cancellation)).TryGet(out var entries, out fault) ? entries : throw new FaultException(fault);
        foreach (var volume in volumes) admissions.Readmit(volume.Team, volume.Id, volume.HeldMiB);
        var here = await disks.ListAsync(cancellation);
        foreach (var lost in volumes.Where(volume => !here.Contains(volume.Id))) LogLost(log, lost.Id);
        foreach (var unknown in here.Where(id => !volumes.Exists(volume => volume.Id == id) && !noted.Exists(entry => entry.Subject == id.Value))) LogUnknown(log, unknown);
    }

    [LoggerMessage(1273, LogLevel.Error, "Volume {Volume} is not on this node: sandboxes that have it cannot be started.")]
    private static partial void LogLost(ILogger log, VolumeId volume);

    [LoggerMessage(1274, LogLevel.Warning, "The pool holds a volume {Volume} that the database does not know; it is left alone. Remove it by hand if nobody needs it: btrfs subvolume delete.")]
    private static partial void LogUnknown(ILogger log, VolumeId volume);
}
