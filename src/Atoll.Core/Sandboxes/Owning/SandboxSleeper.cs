using Atoll.Core.Faults;
using Atoll.Core.Journal;
using Atoll.Core.Sandboxes.Living;
using Atoll.Core.Sandboxes.Timing;
using Microsoft.Extensions.Logging;

namespace Atoll.Core.Sandboxes.Owning;

/// <summary>Which step leads from the state that a sandbox is in to the one that is asked for. While it is taken, nobody begins to use the sandbox.</summary>
internal sealed partial class SandboxSleeper(
    SandboxPauser pauser, SandboxStopper stopper, SandboxSuspender suspender, SandboxWaker waker, SandboxArchiver archiver, PolicyFailures failures, ILogger<SandboxSleeper> log)
{
    /// <summary>Asleep in that way; one that is already, as it is. What is at rest can only be stopped.</summary>
    public Task<Result<Sandbox>> SleepAsync(LiveEntry entry, LifecycleAction how, EndReason? why = null) => (how, entry.Sandbox.State) switch
    {
        (LifecycleAction.Pause, SandboxState.Paused) or (LifecycleAction.Suspend, SandboxState.Suspended) or (LifecycleAction.Stop, SandboxState.Stopped) => Task.FromResult<Result<Sandbox>>(entry.Sandbox),
        (LifecycleAction.Pause, SandboxState.Running) => TurnAsync(entry, () => pauser.PauseAsync(entry, why)),
        (LifecycleAction.Suspend, SandboxState.Running or SandboxState.Paused) => TurnAsync(entry, () => suspender.SuspendAsync(entry, why)),
        (LifecycleAction.Stop, SandboxState.Running or SandboxState.Paused or SandboxState.Suspended) => TurnAsync(entry, () => stopper.StopAsync(entry, why)),
        _ => Task.FromResult<Result<Sandbox>>(SandboxFaults.CannotSleep(entry.Sandbox, how)),
    };

    /// <summary>In the object store, and not here; one that is, as it is.</summary>
    public Task<Result<Sandbox>> ArchiveAsync(LiveEntry entry) =>
        entry.Sandbox.State is SandboxState.Archived ? Task.FromResult<Result<Sandbox>>(entry.Sandbox) : TurnAsync(entry, () => archiver.ArchiveAsync(entry));

    /// <summary>Running, whatever way it sleeps.</summary>
    public Task<Result<Sandbox>> WakeAsync(LiveEntry entry) => entry.Sandbox.State switch
    {
        SandboxState.Running => Task.FromResult<Result<Sandbox>>(entry.Sandbox),
        SandboxState.Paused => TurnAsync(entry, () => pauser.ResumeAsync(entry)),
        _ => TurnAsync(entry, () => waker.WakeAsync(entry)),
    };

    /// <summary>
    /// As its policy says, and never worse: it is stopped in place of suspended only where its policy says so. Whoever came while it was found to be idle keeps it running; what fails is tried again by the clock.
    /// </summary>
    public async Task SleepAsync(LiveEntry entry, DueAction due)
    {
        entry.Turning = true;
        try
        {
            if (due.Mark is { } mark && (entry.Activity.Users > 0 || entry.Activity.Mark != mark))
            {
                failures.Retry(entry);
                return;
            }

            var slept = await SleepAsync(entry, due.Action is LifecycleAction.SuspendOrStop ? LifecycleAction.Suspend : due.Action, due.Reason);

            // A database that is gone refuses the one as it does the other.
            if (due.Action is LifecycleAction.SuspendOrStop && slept.Fault is { Stage: not FaultStage.State }) slept = await SleepAsync(entry, LifecycleAction.Stop, due.Reason);
            if (slept.Fault is not { } fault)
            {
                entry.Backoff = null;
                return;
            }

            LogAwake(log, entry.Sandbox.Id, due.Action, fault.Detail);
            if (due.Action is LifecycleAction.Suspend && fault.Stage is not FaultStage.State) await failures.NoteAsync(entry, due, fault);
            else failures.Retry(entry);
        }
        finally
        {
            entry.Turning = false;
        }
    }

    /// <summary>Of an operation that this server could not bring to its end when it was its turn.</summary>
    public Task<Result<Done>> SettleAsync(LiveEntry entry, string operation, string data)
    {
        JournalEntry left = new(operation, entry.Sandbox.Id.Value, data, default);
        return operation == stopper.Operation ? stopper.SettleAsync(entry, left)
            : operation == suspender.Operation ? suspender.SettleAsync(entry, left)
            : operation == SandboxArchiver.Operation ? archiver.SettleAsync(entry, left, CancellationToken.None)
            : waker.SettleAsync(entry, left);
    }

    private static async Task<Result<Sandbox>> TurnAsync(LiveEntry entry, Func<Task<Result<Sandbox>>> step)
    {
        entry.Turning = true;
        try
        {
            return await step();
        }
        finally
        {
            entry.Turning = false;
        }
    }

    [LoggerMessage(1430, LogLevel.Warning, "Sandbox {Sandbox} was to {Action} and goes on; it is tried again: {Detail}")]
    private static partial void LogAwake(ILogger log, SandboxId sandbox, LifecycleAction action, string detail);
}
