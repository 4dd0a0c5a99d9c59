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
/// To <c>stopped</c>: its users are told, its processes end, and all but its disk is freed. Once begun it is completed, also by the next server. One that was suspended has only its saved memory to lose.
/// </summary>
internal sealed class SandboxStopper(ISandboxSleep sleep, JournalStore journal, SandboxCommits commits, RestSteps rest, SteadyClock clock) : IJournalledOperation
{
    public string Operation => "stop";

    public SandboxId? Halts(JournalEntry entry) => SandboxId.Parse(entry.Subject);

    public async Task<Result<Sandbox>> StopAsync(LiveEntry entry, EndReason? why)
    {
        var sandbox = entry.Sandbox;
        if (rest.Admit(sandbox).Fault is { } full) return full;
        var noted = journal.New(Operation, sandbox.Id.Value, why?.ToString() ?? "");
        if ((await journal.BeginAsync(noted, () => SandboxFaults.Turning(sandbox.Id))).Fault is { } unnoted)
        {
            rest.Readmit(sandbox);
            return unnoted;
        }

        Failpoint.Hit("stop.noted");
        return await StopAsync(entry, noted);
    }

    public Task<Result<Done>> SettleAsync(JournalEntry entry, bool starting, CancellationToken cancellation) => rest.SettleAsync(entry, starting, SettleAsync);

    public async Task<Result<Done>> SettleAsync(LiveEntry living, JournalEntry entry)
    {
        if (living.Sandbox.State is SandboxState.Stopped) return Done.Value;
        rest.AdmitAnyway(living.Sandbox);
        return (await StopAsync(living, entry)).Map(_ => Done.Value);
    }

    private async Task<Result<Sandbox>> StopAsync(LiveEntry entry, JournalEntry noted)
    {
        var sandbox = entry.Sandbox;
        var why = Enum.TryParse<EndReason>(noted.Data, out var reason) ? reason : (EndReason?)null;
        if ((await rest.EndProcessesAsync(entry, forGood: true)).Fault is { } running)
        {
            rest.Readmit(sandbox);
            journal.LetGo(noted);
            return running;
        }

        Failpoint.Hit("stop.ended");
        var saved = await commits.SaveAsync(sandbox, sandbox.Asleep(SandboxState.Stopped, why, clock.Now) with { Memory = null, SavedBytes = 0 }, EventTypes.Stopped, noted);
        journal.LetGo(noted);
        if (!saved.Succeeded) return saved;

        // What is left of it after a crash is found by listing.
        Failpoint.Hit("stop.saved");
        if (sandbox.Memory is { } memory) await sleep.ForgetMemoryAsync(memory, CancellationToken.None);
        Failpoint.Hit("stop.done");
        return saved;
    }
}
