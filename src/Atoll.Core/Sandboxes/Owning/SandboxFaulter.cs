using Atoll.Core.Events;
using Atoll.Core.Failpoints;
using Atoll.Core.Faults;
using Atoll.Core.Journal;
using Atoll.Core.Sandboxes.Living;
using Atoll.Core.Sandboxes.Timing;
using Atoll.Core.Store;

namespace Atoll.Core.Sandboxes.Owning;

/// <summary>
/// To <c>stopped</c> by a fault: a sandbox whose processes have ended though nobody asked for it, or must end. Its users are told, all but its disk is freed, and its reason is saved. Nothing refuses it:
/// what does not work is tried again by the clock, and nobody uses the sandbox meanwhile. The journal keeps the reason over a death of the server; where even that could not be written, the next start
/// finds no processes, and stops it for that.
/// </summary>
internal sealed class SandboxFaulter(JournalStore journal, SandboxCommits commits, RestSteps rest, FaultStops stops, LifecycleScheduler scheduler) : IJournalledOperation
{
    private const char Separator = ' ';

    public string Operation => "fault";

    public SandboxId? Halts(JournalEntry entry) => SandboxId.Parse(entry.Subject);

    /// <summary>One at rest stays as it is: its processes were ended on purpose before the news came, or this was saved before.</summary>
    public async Task<Result<Sandbox>> StopAsync(LiveEntry entry, SandboxFault fault)
    {
        entry.Fault = entry.Sandbox.State.IsAtRest() ? null : fault;
        if (entry.Fault is null) return entry.Sandbox;
        await rest.TellUsersAsync(entry);
        var noted = journal.New(Operation, entry.Sandbox.Id.Value, $"{fault.Reason}{Separator}{fault.Detail}");

        // It is noted already, where it is tried again.
        var begun = await journal.BeginAsync(noted, () => SandboxFaults.Turning(entry.Sandbox.Id));
        var unnoted = begun.Fault is { Code: not FaultCode.SandboxNotRunning } ? begun.Fault : null;
        Failpoint.Hit("fault.noted");
        return await StopAsync(entry, fault, noted, unnoted);
    }

    /// <summary>The same, of an operation that has cost it its processes: what was noted of that ends with it.</summary>
    public async Task<Result<Sandbox>> StopAsync(LiveEntry entry, SandboxFault fault, JournalEntry noted)
    {
        entry.Fault = fault;
        await rest.TellUsersAsync(entry);
        return await StopAsync(entry, fault, noted, unnoted: null);
    }

    public Task<Result<Done>> SettleAsync(JournalEntry entry, bool starting, CancellationToken cancellation) => rest.SettleAsync(entry, starting, SettleAsync);

    public async Task<Result<Done>> SettleAsync(LiveEntry living, JournalEntry entry)
    {
        // By the clock it is tried again too.
        if (living.Sandbox.State.IsAtRest()) return Done.Value;
        var words = entry.Data.Split(Separator, 2);
        SandboxFault fault = new(Enum.TryParse<EndReason>(words[0], out var reason) ? reason : EndReason.AgentDied, words.Length > 1 && words[1].Length > 0 ? words[1] : null);
        return (await StopAsync(living, fault, entry, unnoted: null)).Map(_ => Done.Value);
    }

    /// <param name="unnoted">Why it could not be noted: its processes are gone all the same, and what they had is freed at once.</param>
    private async Task<Result<Sandbox>> StopAsync(LiveEntry entry, SandboxFault fault, JournalEntry noted, Fault? unnoted)
    {
        var sandbox = entry.Sandbox;
        var saved = (await rest.EndProcessesAsync(entry, forGood: true)).Fault is { } running ? running : await SaveAsync(sandbox, fault, noted, unnoted);
        journal.LetGo(noted);
        if (!saved.Succeeded)
        {
            scheduler.Retry(sandbox.Id);
            return saved;
        }

        entry.Fault = null;
        Failpoint.Hit("fault.saved");
        return saved;
    }

    private async Task<Result<Sandbox>> SaveAsync(Sandbox sandbox, SandboxFault fault, JournalEntry noted, Fault? unnoted)
    {
        rest.AdmitAnyway(sandbox);
        Failpoint.Hit("fault.ended");
        return unnoted is null ? await commits.SaveAsync(sandbox, stops.Of(sandbox, fault), EventTypes.Stopped, noted) : unnoted;
    }
}
