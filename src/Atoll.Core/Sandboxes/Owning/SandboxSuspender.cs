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
/// To <c>suspended</c>: memory and disk of one moment are saved, then its processes end and all but these is freed. A server that dies before the memory is whole leaves it running as it was, one that
/// dies later leaves it suspended; only if the processes are gone and their memory is not whole, it is stopped, with its disk.
/// </summary>
internal sealed class SandboxSuspender(ISandboxSleep sleep, IMachine machine, JournalStore journal, SandboxCommits commits, RestSteps rest, FaultStops stops, SteadyClock clock) : IJournalledOperation
{
    public string Operation => "suspend";

    public SandboxId? Halts(JournalEntry entry) => SandboxId.Parse(entry.Subject);

    public async Task<Result<Sandbox>> SuspendAsync(LiveEntry entry, EndReason? why)
    {
        var sandbox = entry.Sandbox;
        var kind = sandbox.Spec.Isolation;
        if (machine.Description.Isolation.FirstOrDefault(x => x.Kind == kind)?.MemoryMissing is { } missing) return SandboxFaults.CannotSuspend(kind, missing);
        var measured = await machine.MeasureAsync(sandbox.Id, CancellationToken.None);
        if (rest.Admit(sandbox, measured.TryGet(out var usage, out _) ? usage.MemoryBytes : 0).Fault is { } full) return full;
        var noted = journal.New(Operation, sandbox.Id.Value, $"{CheckpointId.New()} {why}".TrimEnd());
        if ((await journal.BeginAsync(noted, () => SandboxFaults.Turning(sandbox.Id))).Fault is { } unnoted)
        {
            rest.Readmit(sandbox);
            return unnoted;
        }

        Failpoint.Hit("suspend.noted");
        var kept = await sleep.SaveMemoryAsync(sandbox.Id, DiskOf(noted), CancellationToken.None);
        if (kept.Succeeded) return await RestAsync(entry, noted);
        rest.Readmit(sandbox);
        if ((await sleep.ForgetMemoryAsync(DiskOf(noted), CancellationToken.None)).Succeeded) await journal.EndAsync(noted);
        else journal.LetGo(noted);

        // The save has let it go on, and the database says that it stands still.
        if (sandbox.State is SandboxState.Paused) await sleep.PauseAsync(sandbox.Id, CancellationToken.None);
        return kept.Fault!;
    }

    public Task<Result<Done>> SettleAsync(JournalEntry entry, bool starting, CancellationToken cancellation) => rest.SettleAsync(entry, starting, SettleAsync);

    public async Task<Result<Done>> SettleAsync(LiveEntry living, JournalEntry entry)
    {
        var (sandbox, disk) = (living.Sandbox, DiskOf(entry));
        if (sandbox.Memory == disk) return Done.Value;
        if (sandbox.State.IsAtRest()) return await sleep.ForgetMemoryAsync(disk, CancellationToken.None);
        if (sleep.HasMemory(disk))
        {
            rest.AdmitAnyway(sandbox);
            return (await RestAsync(living, entry, again: true)).Map(_ => Done.Value);
        }

        if (!await sleep.HasProcessesAsync(sandbox.Id, CancellationToken.None)) return await StopAsync(living, entry);
        return await sleep.ForgetMemoryAsync(disk, CancellationToken.None);
    }

    /// <param name="again">It may have gone on for a moment since its memory was saved, which that knows nothing of.</param>
    private async Task<Result<Sandbox>> RestAsync(LiveEntry entry, JournalEntry noted, bool again = false)
    {
        var sandbox = entry.Sandbox;
        var why = noted.Data.Split(' ') is [_, var word] && Enum.TryParse<EndReason>(word, out var reason) ? reason : (EndReason?)null;
        Failpoint.Hit("suspend.saved");
        var rested = await rest.EndProcessesAsync(entry, forGood: false);
        if (rested.Succeeded && again) rested = await sleep.RewindAsync(sandbox.Id, sandbox.Spec, DiskOf(noted), CancellationToken.None);
        if (rested.Fault is { } running)
        {
            journal.LetGo(noted);
            return running;
        }

        Failpoint.Hit("suspend.ended");
        var saved = await commits.SaveAsync(sandbox, sandbox.Asleep(SandboxState.Suspended, why, clock.Now) with { Memory = DiskOf(noted), SavedBytes = sleep.MemoryBytes(DiskOf(noted)) }, EventTypes.Suspended, noted);
        journal.LetGo(noted);
        Failpoint.Hit("suspend.done");
        return saved;
    }

    private async Task<Result<Done>> StopAsync(LiveEntry entry, JournalEntry noted)
    {
        rest.AdmitAnyway(entry.Sandbox);
        if ((await rest.EndProcessesAsync(entry, forGood: true)).Fault is { } stuck) return stuck;
        var stopped = stops.Of(entry.Sandbox, new(EndReason.ServerRestart, "The server died while it saved the sandbox's memory: its disk is there."));
        var saved = await commits.SaveAsync(entry.Sandbox, stopped, EventTypes.Stopped, noted);
        return saved.Succeeded ? await sleep.ForgetMemoryAsync(DiskOf(noted), CancellationToken.None) : saved.Fault!;
    }

    private static CheckpointId DiskOf(JournalEntry entry) => CheckpointId.Parse(entry.Data.Split(' ')[0]);
}
