using Atoll.Core.Checkpoints;
using Atoll.Core.Events;
using Atoll.Core.Failpoints;
using Atoll.Core.Faults;
using Atoll.Core.Journal;
using Atoll.Core.Machines;
using Atoll.Core.Sandboxes.Living;
using Atoll.Core.Store;

namespace Atoll.Core.Sandboxes.Owning;

/// <summary>
/// To <c>archived</c>: stopped, if it was not; its disk is saved, put into the object store and read back; only then it is archived, and only what the database calls archived loses its disk here. Until
/// that is saved a server that dies leaves it stopped, with nothing in the store.
/// </summary>
internal sealed class SandboxArchiver(
    ISandboxSleep sleep, ISavedDisks disks, IDiskArchives archives, SandboxStopper stopper, JournalStore journal, SandboxStore store, SandboxCommits commits)
{
    public const string Operation = "archive";

    public async Task<Result<Sandbox>> ArchiveAsync(LiveEntry entry)
    {
        if (entry.Sandbox.State is SandboxState.Suspended) return SandboxFaults.CannotArchive(entry.Sandbox);
        var transfer = entry.Transfer = new();
        try
        {
            // Before anything of it is ended.
            if ((await archives.CheckAsync(entry.Sandbox, transfer.Stopped)).Fault is { } unusable) return unusable;
            if (entry.Sandbox.State is not SandboxState.Stopped && (await stopper.StopAsync(entry, why: null)).Fault is { } running) return running;
            return await PutAsync(entry, transfer);
        }
        catch (OperationCanceledException) when (transfer.Stopped.IsCancellationRequested)
        {
            return SandboxFaults.GivenUp(entry.Sandbox.Id);
        }
        finally
        {
            entry.Transfer = null;
        }
    }

    public async Task<Result<Done>> SettleAsync(LiveEntry living, JournalEntry entry, CancellationToken cancellation)
    {
        // What the database says counts: that it is archived may have been saved without saying so.
        var id = living.Sandbox.Id;
        if (!(await store.FindAsync(id, cancellation)).TryGet(out var sandbox, out var fault)) return fault;
        var saved = CheckpointId.Parse(entry.Data);
        if (sandbox is not { State: SandboxState.Archived }) return await UndoAsync(id, saved, cancellation);
        if (living.Sandbox.State is not SandboxState.Archived) commits.Adopt(living.Sandbox, sandbox);
        return await FreeAsync(id, saved);
    }

    private async Task<Result<Sandbox>> PutAsync(LiveEntry entry, DiskTransfer transfer)
    {
        var sandbox = entry.Sandbox;
        var saved = CheckpointId.New();
        var noted = journal.New(Operation, sandbox.Id.Value, saved.Value);
        if ((await journal.BeginAsync(noted, () => SandboxFaults.Turning(sandbox.Id))).Fault is { } unnoted) return unnoted;
        Failpoint.Hit("archive.noted");
        string? key = null;
        try
        {
            if ((await disks.SaveAsync(sandbox.Id, saved, since: null, transfer.Stopped)).Fault is { } unsaved) return unsaved;
            Failpoint.Hit("archive.disk");
            if (!(await archives.PutAsync(sandbox, saved, transfer.Progress, transfer.Stopped)).TryGet(out key, out var fault)) return fault;
        }
        finally
        {
            if (key is null) await EndAsync(noted, await UndoAsync(sandbox.Id, saved, CancellationToken.None));
        }

        var done = await commits.SaveAsync(sandbox, sandbox with { State = SandboxState.Archived, Archive = key, KeptUntil = null }, EventTypes.Archived);
        if (done.Succeeded)
        {
            Failpoint.Hit("archive.saved");
            await EndAsync(noted, await FreeAsync(sandbox.Id, saved));
            Failpoint.Hit("archive.done");
        }
        else
        {
            // It may be saved all the same: settled by what the database says then.
            journal.LetGo(noted);
        }

        return done;
    }

    private async Task EndAsync(JournalEntry noted, Result<Done> cleared)
    {
        if (cleared.Succeeded) await journal.EndAsync(noted);
        else journal.LetGo(noted);
    }

    private async Task<Result<Done>> UndoAsync(SandboxId id, CheckpointId saved, CancellationToken cancellation)
    {
        var deleted = await disks.DeleteAsync(saved, cancellation);
        return deleted.Succeeded ? await archives.ForgetAsync(id, saved, cancellation) : deleted;
    }

    private async Task<Result<Done>> FreeAsync(SandboxId id, CheckpointId saved)
    {
        var freed = await sleep.FreeDiskAsync(id, CancellationToken.None);
        return freed.Succeeded ? await disks.DeleteAsync(saved, CancellationToken.None) : freed;
    }
}
