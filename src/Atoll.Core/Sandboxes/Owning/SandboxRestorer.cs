using Atoll.Core.Checkpoints;
using Atoll.Core.Failpoints;
using Atoll.Core.Faults;
using Atoll.Core.Journal;
using Atoll.Core.Machines;
using Atoll.Core.Sandboxes.Living;
using Atoll.Core.Store;
using Microsoft.Extensions.Logging;

namespace Atoll.Core.Sandboxes.Owning;

/// <summary>
/// A restore in its sandbox's turn: noted in the journal, the machine's part (its users are told when its processes are about to end), saved with its event. A server that dies on the way completes it when it comes back. One that
/// cannot be completed has cost the sandbox its processes: it is stopped, with the disk that it had or the one that was put in its place.
/// </summary>
internal sealed partial class SandboxRestorer(
    ISavedDisks disks, SandboxDirectory directory, JournalStore journal, SandboxCommits commits, SandboxFaulter faulter, ILogger<SandboxRestorer> log) : IJournalledOperation
{
    public string Operation => "restore";

    public SandboxId? Halts(JournalEntry entry) => SandboxId.Parse(entry.Subject);

    public async Task<Result<Sandbox>> RestoreAsync(LiveEntry entry, Checkpoint checkpoint)
    {
        var noted = journal.New(Operation, entry.Sandbox.Id.Value, checkpoint.Memory is { } memory ? $"{checkpoint.Id} {checkpoint.Disk} {memory}" : $"{checkpoint.Id} {checkpoint.Disk}");
        var begun = await journal.BeginAsync(noted, () => SandboxFaults.Restoring(entry.Sandbox.Id));
        if (begun.Fault is { } fault) return fault;
        Failpoint.Hit("restore.noted");
        return await RestoreAsync(entry, checkpoint.Id, checkpoint.Disk, checkpoint.Memory, noted);
    }

    public async Task<Result<Done>> SettleAsync(JournalEntry entry, bool starting, CancellationToken cancellation)
    {
        // This server sees its own through, in the sandbox's turn; what it could not even end then waits for the next start.
        // Nobody was told that it succeeded, and one that has been stopped meanwhile stays so.
        if (!starting || directory.Find(SandboxId.Parse(entry.Subject)) is not { } living || living.Sandbox.State.IsAtRest()) return Done.Value;
        var ids = entry.Data.Split(' ');
        var restored = await RestoreAsync(living, CheckpointId.Parse(ids[0]), CheckpointId.Parse(ids[1]), ids.Length > 2 ? CheckpointId.Parse(ids[2]) : null, entry);
        return restored.Fault is { Stage: FaultStage.State } unsaved ? unsaved : Done.Value;
    }

    private async Task<Result<Sandbox>> RestoreAsync(LiveEntry entry, CheckpointId checkpoint, CheckpointId disk, CheckpointId? memory, JournalEntry noted)
    {
        var sandbox = entry.Sandbox;
        entry.Restoring = true;
        try
        {
            var outcome = await OnMachineAsync(entry, disk, memory);
            if (outcome.Fault is { } fault)
            {
                if (outcome.Untouched) await journal.EndAsync(noted);
                else await faulter.StopAsync(entry, new(EndReason.StartFailed, $"Restoring checkpoint {checkpoint} failed: {fault.Detail}"), noted);
                return fault;
            }

            if (memory is not null) entry.Origin = Guid.NewGuid().ToString("N");
            var saved = await commits.SaveRestoredAsync(sandbox with { Checkpoint = checkpoint, CheckpointWritten = 0 }, noted);
            if (saved.Succeeded) journal.LetGo(noted);
            Failpoint.Hit("restore.done");
            return saved;
        }
        finally
        {
            entry.Restoring = false;
            entry.Activity.Touch();
        }
    }

    private async Task<RestoreOutcome> OnMachineAsync(LiveEntry entry, CheckpointId disk, CheckpointId? memory)
    {
        var sandbox = entry.Sandbox;
        try
        {
            return await disks.RestoreAsync(sandbox.Id, sandbox.Spec, disk, memory, () => TellUsersAsync(entry), CancellationToken.None);
        }
        catch (Exception failure)
        {
            LogFailed(log, sandbox.Id, failure);
            return new(new Fault(FaultCode.HostFailure, FaultSide.Server, FaultStage.Isolation, "Restoring the sandbox failed in a way that this server did not expect.", "See the server's log."), Untouched: false);
        }
    }

    private async Task TellUsersAsync(LiveEntry entry)
    {
        try
        {
            await entry.InterruptAsync();
        }
        catch (AggregateException failure)
        {
            // A user of the sandbox that cannot take the news must not hold up the restore.
            LogUserFailed(log, entry.Sandbox.Id, failure);
        }
    }

    [LoggerMessage(1410, LogLevel.Error, "Restoring sandbox {Sandbox} threw.")]
    private static partial void LogFailed(ILogger log, SandboxId sandbox, Exception failure);

    [LoggerMessage(1411, LogLevel.Error, "A user of sandbox {Sandbox} failed when told that it is restored.")]
    private static partial void LogUserFailed(ILogger log, SandboxId sandbox, Exception failure);
}
