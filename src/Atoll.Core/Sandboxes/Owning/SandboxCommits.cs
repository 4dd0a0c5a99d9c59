using Atoll.Core.Checkpoints;
using Atoll.Core.Events;
using Atoll.Core.Faults;
using Atoll.Core.Journal;
using Atoll.Core.Sandboxes.Capacity;
using Atoll.Core.Sandboxes.Living;
using Atoll.Core.Sandboxes.Timing;
using Atoll.Core.Store;

namespace Atoll.Core.Sandboxes.Owning;

/// <summary>Saves a sandbox's change, and only then makes it visible in memory: directory, clock and admission follow the database, never lead it.</summary>
internal sealed class SandboxCommits(
    SandboxStore store, CheckpointStore checkpoints, SandboxDirectory directory, LifecycleScheduler scheduler, LifecycleJudge judge, Admissions admissions, TimeProvider time)
{
    /// <summary>A new sandbox, being created or running already.</summary>
    public Task<Result<Reservation>> AddAsync(Sandbox sandbox, IdempotencyClaim? claim) => store.AddAsync(sandbox, claim, () =>
    {
        directory.Add(sandbox);
        if (sandbox.State is SandboxState.Running) Reschedule(sandbox.Id);
    });

    /// <summary>
    /// A change of a sandbox that goes on living. One of its state that the database did not confirm is asked for again: what the row says counts, and is a success where it is that. Where the row
    /// cannot be read either, the entry stays <see cref="LiveEntry.Doubtful"/>, and nothing of it is undone: see <see cref="ClearDoubtAsync"/>.
    /// </summary>
    /// <param name="begun">The journal's entry that this ends; null for none.</param>
    /// <param name="detail">What its event tells besides.</param>
    public async Task<Result<Sandbox>> SaveAsync(Sandbox before, Sandbox after, string type, JournalEntry? begun = null, string? detail = null)
    {
        var saved = await store.SaveAsync(before, after, type, time.GetUtcNow(), () => Adopt(before, after), begun, detail);
        if (saved.Fault is not { Stage: FaultStage.State } || before.State == after.State || directory.Find(before.Id) is not { } entry) return saved;
        entry.Doubtful = true;
        return (await ClearDoubtAsync(entry)).Succeeded && entry.Sandbox.State == after.State ? entry.Sandbox : saved;
    }

    /// <summary>What the row says becomes what memory says. Costs nothing where there is no doubt.</summary>
    public async ValueTask<Result<Done>> ClearDoubtAsync(LiveEntry entry)
    {
        if (!entry.Doubtful) return Done.Value;
        var known = entry.Sandbox;
        if (!(await store.FindAsync(known.Id, CancellationToken.None)).TryGet(out var row, out var unread))
        {
            scheduler.Retry(known.Id);
            return unread;
        }

        entry.Doubtful = false;
        if (row is { EndedAt: null } && row.State != known.State) Adopt(known, row);
        return Done.Value;
    }

    /// <summary>The database has it so already, and memory follows.</summary>
    public void Adopt(Sandbox before, Sandbox after)
    {
        directory.Replace(after);
        Reschedule(after.Id);

        // What it takes at rest is known now; changed at rest, its limits are taken when it wakes.
        if (after.State.IsAtRest() && after.State != before.State) admissions.ReadmitAtRest(after.Team, after.Id, after.Held);
    }

    public Task<Result<Sandbox>> EndAsync(Sandbox before, Ending ending)
    {
        var now = time.GetUtcNow();
        var ended = before with { State = ending.State, Reason = ending.Reason, ReasonDetail = ending.Detail, EndedAt = now };
        var type = ending.State is SandboxState.Failed ? EventTypes.Failed : EventTypes.Deleted;
        return store.SaveAsync(before, ended, type, now, () =>
        {
            directory.Remove(ended);
            scheduler.Set(ended.Id, null);
            admissions.GiveBack(ended.Team, ended.Id);
        });
    }

    /// <summary>A new checkpoint, which its sandbox is now at.</summary>
    public Task<Result<Checkpoint>> AddAsync(Checkpoint checkpoint, Sandbox after, JournalEntry begun) =>
        checkpoints.AddAsync(checkpoint, after, begun, () => directory.Replace(after));

    public Task<Result<Sandbox>> SaveRestoredAsync(Sandbox after, JournalEntry begun) =>
        checkpoints.SaveRestoredAsync(after, time.GetUtcNow(), begun, () => directory.Replace(after));

    public void Reschedule(SandboxId id)
    {
        if (directory.Find(id) is { } entry) scheduler.Set(id, judge.NextDue(entry));
    }
}
