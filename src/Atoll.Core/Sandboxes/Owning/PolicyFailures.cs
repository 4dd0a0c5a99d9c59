using Atoll.Core.Events;
using Atoll.Core.Faults;
using Atoll.Core.Lifetime;
using Atoll.Core.Sandboxes.Living;
using Atoll.Core.Sandboxes.Timing;

namespace Atoll.Core.Sandboxes.Owning;

/// <summary>A sandbox that its policy says is to be suspended, and cannot be, goes on: it says why, once, and is tried again, ever later.</summary>
internal sealed class PolicyFailures(SandboxCommits commits, LifecycleScheduler scheduler, SteadyClock clock)
{
    /// <summary>Soon: it has nothing to do with what is in the sandbox.</summary>
    public void Retry(LiveEntry entry) => scheduler.Retry(entry.Sandbox.Id);

    public async Task NoteAsync(LiveEntry entry, DueAction due, Fault fault)
    {
        var (sandbox, said) = (entry.Sandbox, entry.Sandbox.ReasonDetail is not null);
        entry.Backoff = SuspendBackoff.After(entry.Backoff, clock.Now);

        // What cannot be saved is said the next time.
        if (!said && sandbox.State is SandboxState.Running) await commits.SaveAsync(sandbox, sandbox with { ReasonDetail = Text(due, fault) }, EventTypes.SuspendFailed);
        commits.Reschedule(sandbox.Id);
    }

    private static string Text(DueAction due, Fault fault) =>
        $"Its policy says suspend ({(due.Reason is EndReason.Timeout ? "its time is up" : "it is idle")}), which did not work: it goes on, and it is tried again. {fault.Detail}{(fault.Hint is { } hint ? $" {hint}" : "")}";
}
