using Atoll.Core.Events;
using Atoll.Core.Failpoints;
using Atoll.Core.Faults;
using Atoll.Core.Journal;
using Atoll.Core.Lifetime;
using Atoll.Core.Machines;
using Atoll.Core.Sandboxes.Living;
using Atoll.Core.Store;

namespace Atoll.Core.Sandboxes.Owning;

/// <summary>
/// From <c>stopped</c>, <c>suspended</c> or <c>archived</c> to <c>running</c>. Undone until it is saved: what it was kept from is as it was, and nobody was told. Saved memory is deleted when the sandbox runs from it, an archive when it runs on its disk.
/// </summary>
internal sealed class SandboxWaker(
    ISandboxSleep sleep, JournalStore journal, SandboxCommits commits, RestSteps rest, ArchiveFetcher fetcher, ArchiveForgetter forgetter, SteadyClock clock) : IJournalledOperation
{
    public string Operation => "wake";

    public async Task<Result<Sandbox>> WakeAsync(LiveEntry entry)
    {
        var sandbox = entry.Sandbox;
        if (rest.AdmitAwake(sandbox).Fault is { } full) return full;
        var noted = journal.New(Operation, sandbox.Id.Value, sandbox.Archive is null ? "" : CheckpointId.New().Value);
        if ((await journal.BeginAsync(noted, () => SandboxFaults.Turning(sandbox.Id))).Fault is { } unnoted)
        {
            rest.AdmitAnyway(sandbox);
            return unnoted;
        }

        Failpoint.Hit("wake.noted");
        await rest.PassAsync(entry);
        if (sandbox.Archive is not null && (await fetcher.FetchAsync(entry, CheckpointId.Parse(noted.Data))).Fault is { } away)
        {
            await UndoAsync(sandbox, noted);
            return away;
        }

        var started = await sleep.WakeAsync(sandbox.Id, sandbox.Spec, sandbox.Memory, CancellationToken.None);
        if (started.Fault is { } asleep)
        {
            await UndoAsync(sandbox, noted);
            return asleep;
        }

        Failpoint.Hit("wake.started");
        if (!(await forgetter.BeginAsync(sandbox)).TryGet(out var unneeded, out var unforgettable))
        {
            await UndoAsync(sandbox, noted);
            return unforgettable;
        }

        var awake = sandbox.Archive is null ? sandbox.Awake(clock.Now) : sandbox.Awake(clock.Now) with { CheckpointWritten = 0 };
        var saved = await commits.SaveAsync(sandbox, awake, sandbox.State is SandboxState.Suspended ? EventTypes.Woken : EventTypes.Started, noted);
        if (!saved.Succeeded)
        {
            // It may run on the only disk that there is: settled when the database says what it has.
            if (entry.Doubtful) journal.LetGo(noted);
            else await UndoAsync(sandbox, noted);
            await forgetter.EndAsync(unneeded);
            return saved;
        }

        journal.LetGo(noted);
        entry.Activity.Touch();

        // What is left of it after a crash is found by listing.
        Failpoint.Hit("wake.saved");
        if (sandbox.Memory is { } memory) await sleep.ForgetMemoryAsync(memory, CancellationToken.None);
        await forgetter.EndAsync(unneeded);
        Failpoint.Hit("wake.done");
        return saved;
    }

    public Task<Result<Done>> SettleAsync(JournalEntry entry, bool starting, CancellationToken cancellation) => rest.SettleAsync(entry, starting, SettleAsync);

    public Task<Result<Done>> SettleAsync(LiveEntry living, JournalEntry entry) => living.Sandbox.State.IsAtRest() ? RestAgainAsync(living.Sandbox, entry) : Task.FromResult<Result<Done>>(Done.Value);

    private async Task UndoAsync(Sandbox sandbox, JournalEntry noted)
    {
        rest.AdmitAnyway(sandbox);
        if ((await RestAgainAsync(sandbox, noted)).Succeeded) await journal.EndAsync(noted);
        else journal.LetGo(noted);
    }

    /// <summary>As it was before: what ran for a moment ends, and what that wrote is taken back where memory was saved that does not know of it.</summary>
    private async Task<Result<Done>> RestAgainAsync(Sandbox sandbox, JournalEntry noted)
    {
        var rested = await sleep.RestAsync(sandbox.Id, CancellationToken.None);
        if (rested.Succeeded && sandbox.State is SandboxState.Archived && CheckpointId.TryParse(noted.Data, out var passing)) return await fetcher.TakeBackAsync(sandbox.Id, passing);
        return rested.Succeeded && sandbox.Memory is { } disk ? await sleep.RewindAsync(sandbox.Id, sandbox.Spec, disk, CancellationToken.None) : rested;
    }
}
