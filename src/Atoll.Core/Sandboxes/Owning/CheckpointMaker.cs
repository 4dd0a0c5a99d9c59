using Atoll.Core.Checkpoints;
using Atoll.Core.Failpoints;
using Atoll.Core.Faults;
using Atoll.Core.Journal;
using Atoll.Core.Machines;
using Atoll.Core.Sandboxes.Capacity;
using Atoll.Core.Store;
using Microsoft.Extensions.Options;

namespace Atoll.Core.Sandboxes.Owning;

/// <summary>
/// A checkpoint in its sandbox's turn: noted in the journal, saved on the host, counted, saved in the database with its event. Whatever fails or dies before the last step leaves nothing: the
/// saved disk is deleted, at once or when the journal is settled.
/// </summary>
internal sealed class CheckpointMaker(
    ISavedDisks disks, CheckpointStore checkpoints, JournalStore journal, SandboxCommits commits, Admissions admissions, IOptions<CheckpointOptions> options, TimeProvider time) : IJournalledOperation
{
    public string Operation => "checkpoint";

    public async Task<Result<Checkpoint>> MakeAsync(Sandbox sandbox, CheckpointDraft draft)
    {
        // Neither waits for the other: what is asked changes only in this sandbox's turn, or is asked again when it is saved.
        var finding = FindParentAsync(sandbox);
        var entry = journal.New(Operation, draft.Id.Value);
        var begun = await journal.BeginAsync(entry);
        var parent = await finding;
        if (begun.Fault is { } unnoted) return unnoted;
        Failpoint.Hit("checkpoint.noted");
        var made = parent.TryGet(out var found, out var unread) ? await MakeAsync(sandbox, draft, found, entry) : unread;
        if (made.Succeeded) journal.LetGo(entry);
        else await UndoAsync(draft.Id, entry);
        Failpoint.Hit("checkpoint.done");
        return made;
    }

    /// <summary>Nobody was told of it.</summary>
    public Task<Result<Done>> SettleAsync(JournalEntry entry, bool starting, CancellationToken cancellation) => disks.DeleteAsync(CheckpointId.Parse(entry.Subject), cancellation);

    private async Task<Result<Checkpoint>> MakeAsync(Sandbox sandbox, CheckpointDraft draft, Checkpoint? parent, JournalEntry entry)
    {
        var since = draft.Kind is CheckpointKind.Full ? null : parent?.Disk;
        while (true)
        {
            var saving = draft.Kind is CheckpointKind.Full ? disks.SaveWithMemoryAsync(sandbox.Id, draft.Id, CancellationToken.None) : disks.SaveAsync(sandbox.Id, draft.Id, since, CancellationToken.None);
            if (!(await saving).TryGet(out var saved, out var fault)) return fault;
            Checkpoint checkpoint = new()
            {
                Id = draft.Id,
                Team = sandbox.Team,
                Sandbox = sandbox.Id,
                Kind = draft.Kind,
                Name = draft.Name,
                Comment = draft.Comment,
                Parent = sandbox.Checkpoint,
                Disk = saved.Unchanged ? since!.Value : draft.Id,
                SizeBytes = (saved.Unchanged ? 0 : Math.Max(0, saved.WrittenBytes - sandbox.CheckpointWritten)) + saved.MemoryBytes,
                Spec = sandbox.Spec with { Name = null, Fork = null },
                Node = sandbox.Node,
                CreatedAt = time.GetUtcNow(),
            };
            if (admissions.Take(checkpoint.Team, checkpoint.Id, checkpoint.SizeBytes, options.Value.MostPerTeam).Fault is { } full) return full;
            var added = await commits.AddAsync(checkpoint, sandbox with { Checkpoint = checkpoint.Id, CheckpointWritten = saved.WrittenBytes }, entry);
            if (added.Succeeded) return await AsOthersSeeItAsync(checkpoint, parent);
            admissions.GiveBack(checkpoint.Team, checkpoint.Id);

            // The one whose disk it was to share is gone: then it has one of its own.
            if (added.Fault is not { Code: FaultCode.CheckpointNotFound } || since is null) return added;
            since = null;
        }
    }

    private Task<Result<Checkpoint?>> FindParentAsync(Sandbox sandbox) =>
        sandbox.Checkpoint is { } at ? checkpoints.FindAsync(at, CancellationToken.None) : Task.FromResult<Result<Checkpoint?>>((Checkpoint?)null);

    /// <summary>The one before it may have been deleted: then its parent is the nearest that was not.</summary>
    private async Task<Result<Checkpoint>> AsOthersSeeItAsync(Checkpoint checkpoint, Checkpoint? parent)
    {
        if (checkpoint.Parent == parent?.Id) return checkpoint;
        return (await checkpoints.FindAsync(checkpoint.Id, CancellationToken.None)).TryGet(out var seen, out _) && seen is not null ? seen : checkpoint with { Parent = null };
    }

    /// <summary>If the database did save it, though it did not say so, the entry is gone with that, and nothing is deleted.</summary>
    private async Task UndoAsync(CheckpointId id, JournalEntry entry)
    {
        if ((await checkpoints.FindAsync(id, CancellationToken.None)).TryGet(out var saved, out _) && saved is null
            && (await disks.DeleteAsync(id, CancellationToken.None)).Succeeded)
        {
            await journal.EndAsync(entry);
            return;
        }

        journal.LetGo(entry);
    }
}
