using Atoll.Core.Failpoints;
using Atoll.Core.Faults;
using Atoll.Core.Journal;
using Atoll.Core.Machines;
using Atoll.Core.Sandboxes;
using Atoll.Core.Sandboxes.Capacity;
using Atoll.Core.Store;
using Atoll.Core.Volumes.Living;
using Microsoft.Extensions.Options;

namespace Atoll.Core.Volumes.Service;

/// <summary>Renames and resizes. The row says what the size is: a server that dies between the host and the row leaves a note, by which the next one makes the host agree with the row.</summary>
internal sealed class VolumeChanger(IVolumeDisks disks, VolumeStore store, JournalStore journal, VolumeDirectory directory, Admissions admissions, IOptions<VolumeOptions> options) : IJournalledOperation
{
    public string Operation => "volume.resize";

    public async Task<Result<Volume>> ChangeAsync(Volume volume, VolumeUpdate update)
    {
        // One change of a volume at a time, whatever it changes: the row is written whole.
        var entry = journal.New(Operation, volume.Id.Value);
        if ((await journal.BeginAsync(entry, () => VolumeFaults.Busy(volume))).Fault is { } busy) return busy;
        Failpoint.Hit("volume.resize.noted");
        var saved = directory.Find(volume.Id) is { } now ? await SaveAsync(now, update, entry) : VolumeFaults.NotFound(volume.Id.Value);
        if (saved.Succeeded)
        {
            journal.LetGo(entry);
        }
        else
        {
            // What is saved holds, on the host as well.
            var settled = await SettleAsync(entry, starting: false, CancellationToken.None);
            if (settled.Succeeded) await journal.EndAsync(entry);
            else journal.LetGo(entry);
        }

        Failpoint.Hit("volume.resize.done");
        return saved;
    }

    public async Task<Result<Done>> SettleAsync(JournalEntry entry, bool starting, CancellationToken cancellation)
    {
        if (directory.Find(VolumeId.Parse(entry.Subject)) is not { } volume) return Done.Value;
        admissions.Readmit(volume.Team, volume.Id, volume.HeldMiB);
        return volume.ReadOnly ? Done.Value : await disks.LimitAsync(volume.Id, (long)volume.SizeMiB << 20, cancellation);
    }

    private async Task<Result<Volume>> SaveAsync(Volume before, VolumeUpdate update, JournalEntry entry)
    {
        var after = before with { Name = update.Name switch { null => before.Name, "" => null, var name => name }, SizeMiB = (int)(update.SizeMiB ?? before.SizeMiB) };
        if (after.SizeMiB != before.SizeMiB)
        {
            if (await TooSmallAsync(after) is { } small) return small;
            if (admissions.Take(after.Team, after.Id, after.HeldMiB, options.Value.MostPerTeam).Fault is { } full) return full;
            if ((await disks.LimitAsync(after.Id, (long)after.SizeMiB << 20, CancellationToken.None)).Fault is { } unlimited) return unlimited;
            Failpoint.Hit("volume.resize.limited");
        }

        return await store.UpdateAsync(after, entry);
    }

    private async Task<Fault?> TooSmallAsync(Volume after)
    {
        if (!(await disks.MeasureAsync(after.Id, CancellationToken.None)).TryGet(out var used, out var fault)) return fault;
        if (used is null || used <= (long)after.SizeMiB << 20) return null;
        FieldErrors errors = new();
        errors.Add("sizeMiB", $"The volume holds {(used + (1 << 20) - 1) >> 20} MiB: remove files first, and try again half a minute later.");
        return errors.ToFault();
    }
}
