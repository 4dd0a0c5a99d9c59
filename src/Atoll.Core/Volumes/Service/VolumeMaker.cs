using Atoll.Core.Failpoints;
using Atoll.Core.Faults;
using Atoll.Core.Journal;
using Atoll.Core.Machines;
using Atoll.Core.Sandboxes;
using Atoll.Core.Sandboxes.Capacity;
using Atoll.Core.Store;
using Microsoft.Extensions.Options;

namespace Atoll.Core.Volumes.Service;

/// <summary>
/// Makes a volume, a snapshot or a clone: room in the team's quota, noted in the journal, made on the host, saved with its event. What fails or dies before the last step leaves nothing.
/// </summary>
internal sealed class VolumeMaker(IVolumeDisks disks, VolumeStore store, JournalStore journal, Admissions admissions, IOptions<VolumeOptions> options) : IJournalledOperation
{
    public string Operation => "volume.create";

    /// <param name="source">What it begins as; null for an empty one.</param>
    public async Task<Result<Volume>> MakeAsync(Volume draft, Volume? source)
    {
        // What it shares is known for certain only when it is made: until then it counts with what can be told.
        var measured = source is null ? 0 : await SharedAsync(source);
        var volume = draft with { SharedBytes = measured };
        if (admissions.Take(volume.Team, volume.Id, volume.HeldMiB, options.Value.MostPerTeam).Fault is { } full) return full;
        var entry = journal.New(Operation, volume.Id.Value);
        if ((await journal.BeginAsync(entry)).Fault is { } unnoted)
        {
            admissions.GiveBack(volume.Team, volume.Id);
            return unnoted;
        }

        Failpoint.Hit("volume.noted");
        var made = false;
        try
        {
            if ((await OnHostAsync(volume, source)).Fault is { } fault) return fault;
            Failpoint.Hit("volume.made");
            if (source is not null) volume = volume with { SharedBytes = await SharedAsync(source) };
            admissions.Readmit(volume.Team, volume.Id, volume.HeldMiB);
            var added = await store.AddAsync(volume, entry);
            made = added.Succeeded;
            return added;
        }
        finally
        {
            if (made) journal.LetGo(entry);
            else await UndoAsync(volume, entry);
            Failpoint.Hit("volume.done");
        }
    }

    /// <summary>Nobody was told of it.</summary>
    public Task<Result<Done>> SettleAsync(JournalEntry entry, bool starting, CancellationToken cancellation) => disks.DeleteAsync(VolumeId.Parse(entry.Subject), cancellation);

    private Task<Result<Done>> OnHostAsync(Volume volume, Volume? source)
    {
        var bytes = (long)volume.SizeMiB << 20;
        if (source is null) return disks.CreateAsync(volume.Id, bytes, CancellationToken.None);
        return volume.ReadOnly ? disks.SnapshotAsync(source.Id, volume.Id, CancellationToken.None) : disks.CloneAsync(source.Id, volume.Id, bytes, CancellationToken.None);
    }

    private async Task<long> SharedAsync(Volume source)
    {
        var measured = await disks.MeasureAsync(source.Id, CancellationToken.None);
        return source.SharedBytes + (measured.TryGet(out var bytes, out _) ? bytes ?? 0 : 0);
    }

    /// <summary>If the database did save it, though it did not say so, the entry is gone with that, and nothing is deleted.</summary>
    private async Task UndoAsync(Volume volume, JournalEntry entry)
    {
        if (!await store.MayExistAsync(volume.Id))
        {
            admissions.GiveBack(volume.Team, volume.Id);
            if ((await disks.DeleteAsync(volume.Id, CancellationToken.None)).Succeeded)
            {
                await journal.EndAsync(entry);
                return;
            }
        }

        journal.LetGo(entry);
    }
}
