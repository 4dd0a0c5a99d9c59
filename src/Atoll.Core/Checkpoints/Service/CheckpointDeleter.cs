using Atoll.Core.Failpoints;
using Atoll.Core.Faults;
using Atoll.Core.Journal;
using Atoll.Core.Machines;
using Atoll.Core.Sandboxes;
using Atoll.Core.Sandboxes.Capacity;
using Atoll.Core.Store;

namespace Atoll.Core.Checkpoints.Service;

/// <summary>Deletes a checkpoint: first for everybody who looks, and noted in the journal, then its disk. A disk that cannot be freed now is tried again.</summary>
internal sealed class CheckpointDeleter(CheckpointStore store, JournalStore journal, ISavedDisks disks, CheckpointForgetter forgetter, Admissions admissions, TimeProvider time) : IJournalledOperation
{
    public string Operation => CheckpointStore.DeleteOperation;

    public async Task<Result<Done>> DeleteAsync(Checkpoint checkpoint)
    {
        var deleted = await store.DeleteAsync(checkpoint, time.GetUtcNow(), () => admissions.GiveBack(checkpoint.Team, checkpoint.Id));
        if (!deleted.TryGet(out var entry, out var fault)) return fault;
        Failpoint.Hit("checkpoint.delete.noted");
        if (entry is null) return Done.Value;
        var freed = await (entry.Operation == Operation ? SettleAsync(entry, starting: false, CancellationToken.None) : forgetter.SettleAsync(entry, starting: false, CancellationToken.None));
        Failpoint.Hit("checkpoint.delete.freed");
        if (freed.Succeeded) await journal.EndAsync(entry);
        else journal.LetGo(entry);
        Failpoint.Hit("checkpoint.delete.done");
        return Done.Value;
    }

    public Task<Result<Done>> SettleAsync(JournalEntry entry, bool starting, CancellationToken cancellation) => disks.DeleteAsync(CheckpointId.Parse(entry.Subject), cancellation);
}
