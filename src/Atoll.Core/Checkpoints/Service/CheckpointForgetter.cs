using Atoll.Core.Faults;
using Atoll.Core.Journal;
using Atoll.Core.Machines;
using Atoll.Core.Sandboxes;
using Atoll.Core.Store;

namespace Atoll.Core.Checkpoints.Service;

/// <summary>The part of a deletion that is left where other checkpoints stand on the disk: the memory goes.</summary>
internal sealed class CheckpointForgetter(ISavedDisks disks) : IJournalledOperation
{
    public string Operation => CheckpointStore.ForgetOperation;

    public Task<Result<Done>> SettleAsync(JournalEntry entry, bool starting, CancellationToken cancellation) => disks.DeleteMemoryAsync(CheckpointId.Parse(entry.Subject), cancellation);
}
