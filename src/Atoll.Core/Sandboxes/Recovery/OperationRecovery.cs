using Atoll.Core.Faults;
using Atoll.Core.Journal.Keeping;
using Atoll.Core.Machines;
using Atoll.Core.Sandboxes.Capacity;
using Atoll.Core.Sandboxes.Living;
using Atoll.Core.Store;
using Microsoft.Extensions.Logging;

namespace Atoll.Core.Sandboxes.Recovery;

/// <summary>The part of a recovery that goes by the journal and the saved disks. A saved disk that no checkpoint stands on and no entry tells of (the database is older than the host) is removed.</summary>
internal sealed partial class OperationRecovery(VolumeRecovery volumes, JournalKeeper journal, CheckpointStore checkpoints, ISavedDisks disks, SandboxDirectory directory, Admissions admissions, ILogger<OperationRecovery> log)
{
    /// <summary>Sandboxes whose disks must be kept though they may have no processes.</summary>
    /// <exception cref="FaultException">The database cannot be read.</exception>
    public Task<IReadOnlySet<SandboxId>> HaltedAsync(CancellationToken cancellation) => journal.HaltedAsync(cancellation);

    /// <summary>When the living are known.</summary>
    /// <exception cref="FaultException">The database cannot be read.</exception>
    public async Task SettleAsync(CancellationToken cancellation)
    {
        var (kept, memories) = (new HashSet<CheckpointId>(), new HashSet<CheckpointId>());
        foreach (var (team, id, disk, hasMemory, size) in (await checkpoints.LoadAsync(cancellation)).TryGet(out var rows, out var fault) ? rows : throw new FaultException(fault))
        {
            admissions.Readmit(team, id, size);
            kept.Add(disk);
            if (hasMemory) memories.Add(id);
        }

        await volumes.RunAsync(cancellation);
        await journal.BeginAsync(cancellation);

        // Those that belong to saved memory, of what has just been settled too.
        var asleep = directory.Living.Select(entry => entry.Sandbox.Memory).OfType<CheckpointId>().ToList();
        kept.UnionWith(asleep);
        memories.UnionWith(asleep);
        foreach (var unknown in (await disks.ListAsync(cancellation)).Where(disk => !kept.Contains(disk)))
        {
            var removed = await disks.DeleteAsync(unknown, cancellation);
            LogSwept(log, unknown, removed.Fault?.Detail ?? "removed");
        }

        foreach (var unknown in (await disks.ListMemoriesAsync(cancellation)).Where(memory => !memories.Contains(memory)))
        {
            var removed = await disks.DeleteMemoryAsync(unknown, cancellation);
            LogSwept(log, unknown, removed.Fault?.Detail ?? "removed");
        }
    }

    [LoggerMessage(1272, LogLevel.Information, "Swept what was saved as {Checkpoint}, which no checkpoint stands on: {Outcome}")]
    private static partial void LogSwept(ILogger log, CheckpointId checkpoint, string outcome);
}
