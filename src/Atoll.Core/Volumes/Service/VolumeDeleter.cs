using Atoll.Core.Failpoints;
using Atoll.Core.Faults;
using Atoll.Core.Journal;
using Atoll.Core.Machines;
using Atoll.Core.Sandboxes;
using Atoll.Core.Sandboxes.Capacity;
using Atoll.Core.Store;

namespace Atoll.Core.Volumes.Service;

/// <summary>Deletes a volume that no sandbox has mounted: first for everybody who looks, and noted in the journal, then on the host. What cannot be freed now is tried again.</summary>
internal sealed class VolumeDeleter(IVolumeDisks disks, VolumeStore store, JournalStore journal, MountLedger mounts, Admissions admissions) : IJournalledOperation
{
    public string Operation => "volume.delete";

    public async Task<Result<Done>> DeleteAsync(Volume volume)
    {
        var users = mounts.Close(volume.Id);
        if (users.Count > 0) return VolumeFaults.InUse(volume, users, "Delete those sandboxes first: a volume is mounted for as long as they are there, asleep or awake.");
        var entry = journal.New(Operation, volume.Id.Value);
        journal.Hold(entry);
        var deleted = await store.DeleteAsync(volume, entry, () => admissions.GiveBack(volume.Team, volume.Id));
        if (!deleted.Succeeded)
        {
            // It may be gone all the same, when the connection broke: then it is settled later.
            journal.LetGo(entry);
            mounts.Reopen(volume.Id);
            return deleted;
        }

        Failpoint.Hit("volume.delete.noted");

        // Nothing may be written into what is being removed.
        await mounts.EndOutsideAsync(volume.Id);
        var freed = await SettleAsync(entry, starting: false, CancellationToken.None);
        Failpoint.Hit("volume.delete.freed");
        if (freed.Succeeded) await journal.EndAsync(entry);
        else journal.LetGo(entry);
        Failpoint.Hit("volume.delete.done");
        return Done.Value;
    }

    public Task<Result<Done>> SettleAsync(JournalEntry entry, bool starting, CancellationToken cancellation) => disks.DeleteAsync(VolumeId.Parse(entry.Subject), cancellation);
}
