using System.Globalization;
using Atoll.Core.Faults;

namespace Atoll.Core.Sandboxes;

/// <summary>What a caller is told about a sandbox that cannot be worked with.</summary>
internal static class SandboxFaults
{
    public static Fault NotFound(string idOrName) => new(
        FaultCode.SandboxNotFound, FaultSide.Caller, FaultStage.Lookup, $"There is no sandbox '{Shorten(idOrName)}'.", "List your sandboxes to see their ids and names.");

    public static Fault NameTaken(string? name) => new(
        FaultCode.NameTaken, FaultSide.Caller, FaultStage.Request, $"A living sandbox of your team is named '{name}'.", "Choose another name, or delete that one first.");

    public static Fault Ended(SandboxId id, EndReason? reason, string? detail) => new(
        FaultCode.SandboxEnded, FaultSide.Caller, FaultStage.Lookup, $"Sandbox {id} has ended ({Words(reason)}){(detail is null ? "." : $": {detail}")}", "Create a new one.");

    public static Fault Creating(SandboxId id) => new(
        FaultCode.SandboxNotRunning, FaultSide.Caller, FaultStage.Lookup, $"Sandbox {id} is still being created.", "Wait until its state is 'running'.");

    public static Fault Restoring(SandboxId id) => new(
        FaultCode.SandboxNotRunning, FaultSide.Caller, FaultStage.Lookup, $"Sandbox {id} is being restored.", "Try again in a moment: it runs again when the restore is done.");

    /// <summary>It sleeps, and nothing woke it.</summary>
    public static Fault Asleep(Sandbox sandbox) => new(
        sandbox.State switch { SandboxState.Paused => FaultCode.SandboxPaused, SandboxState.Suspended => FaultCode.SandboxSuspended, SandboxState.Archived => FaultCode.SandboxArchived, _ => FaultCode.SandboxStopped },
        FaultSide.Caller, FaultStage.Lookup, $"Sandbox {sandbox.Id} is {Word(sandbox.State)}{Because(sandbox)}.", sandbox.State is SandboxState.Stopped or SandboxState.Archived ? "Start it first." : "Resume it first.");

    /// <summary>A fault has ended its processes, and that is being saved.</summary>
    public static Fault JustStopped(SandboxId id, SandboxFault fault) => new(
        FaultCode.SandboxStopped, FaultSide.Caller, FaultStage.Lookup, $"Sandbox {id} has just stopped ({Words(fault.Reason)}{(fault.Detail is { } detail ? $": {detail.TrimEnd('.')}" : "")}); its disk is kept.", "Start it.");

    /// <summary>It is just falling asleep or waking.</summary>
    public static Fault Turning(SandboxId id) => new(
        FaultCode.SandboxNotRunning, FaultSide.Caller, FaultStage.Lookup, $"Sandbox {id} is falling asleep or waking up.", "Try again in a moment.");

    public static Fault StillWaking(SandboxId id, double seconds) => new(
        FaultCode.Timeout, FaultSide.Server, FaultStage.State, string.Create(CultureInfo.InvariantCulture, $"Sandbox {id} is being woken, which has not been done within {seconds} s."),
        "It goes on waking: try again, or raise Sandboxes:WakeWaitSeconds.");

    public static Fault StillMoving(SandboxId id) => new(
        FaultCode.Timeout, FaultSide.Server, FaultStage.State, $"The disk of sandbox {id} is still on its way to or from the object store.", "It goes on: look at the sandbox's state, or ask again.");

    public static Fault CannotSleep(Sandbox sandbox, LifecycleAction how) => new(
        Asleep(sandbox).Code, FaultSide.Caller, FaultStage.State,
        $"Sandbox {sandbox.Id} is {Word(sandbox.State)}, and has no processes to {(how is LifecycleAction.Pause ? "pause" : how is LifecycleAction.Stop ? "stop" : "suspend")}.", "Wake it first, or leave it: as it is, it uses no memory.");

    public static Fault GivenUp(SandboxId id) => new(
        FaultCode.Interrupted, FaultSide.Caller, FaultStage.State, $"The disk of sandbox {id} was on its way, which was given up because the sandbox is deleted.");

    public static Fault CannotArchive(Sandbox sandbox) => new(
        FaultCode.SandboxSuspended, FaultSide.Caller, FaultStage.State, $"Sandbox {sandbox.Id} is suspended, and an archive keeps the disk alone: its saved memory would be lost.",
        "Stop it first, which forgets its memory; or make a full checkpoint of it before, and export that.");

    public static Fault ArchiveDamaged(SandboxId id, string why) => new(
        FaultCode.ArchiveDamaged, FaultSide.Host, FaultStage.Storage, $"The archive of sandbox {id} is not as it was put into the object store: {why}",
        "Nothing was changed. Put back what was removed there or altered, or fork a checkpoint of the sandbox.");

    public static Fault CannotSuspend(IsolationKind kind, string why) => new(
        FaultCode.NotSupported, FaultSide.Host, FaultStage.Isolation, $"The memory of a '{IsolationNames.Of(kind)}' sandbox cannot be saved here: {why}",
        "Use stop, which keeps the disk, or pause, which keeps the memory where it is.");

    public static Fault TooManyAsleep(int most) => new(
        FaultCode.CapacityExhausted, FaultSide.Host, FaultStage.Admission, $"{most} sandboxes are suspended, stopped or archived here, which is the most that may be.", "Delete some, or raise Sandboxes:MaxAtRest.");

    public static Fault TooManyLeases(SandboxId id, int most) => new(
        FaultCode.TooMany, FaultSide.Caller, FaultStage.Request, $"Sandbox {id} has {most} leases, which is the most it may have.", "Give some back, or raise Sandboxes:MostLeases.");

    public static Fault NoLease(string lease) => new(
        FaultCode.LeaseNotFound, FaultSide.Caller, FaultStage.Lookup, $"There is no lease '{Shorten(lease)}', or it has run out.", "List the sandbox's leases to see their ids.");

    public static Fault Unreachable(SandboxId id) => new(
        FaultCode.AgentUnreachable, FaultSide.Host, FaultStage.Agent, $"Sandbox {id} does not answer; it may just be ending.", "Look at its state, then try again.");

    public static Fault IdempotencyConflict(string key) => new(
        FaultCode.IdempotencyConflict, FaultSide.Caller, FaultStage.Request, $"The idempotency key '{key}' was used with another request.", "Use a new key for a new request.");

    private static string Word(SandboxState state) => state switch { SandboxState.Paused => "paused", SandboxState.Suspended => "suspended", SandboxState.Stopped => "stopped", SandboxState.Archived => "archived", _ => "not asleep" };

    private static string Because(Sandbox sandbox) => sandbox.Reason is not (null or EndReason.Timeout or EndReason.Idle)
        ? $" ({Words(sandbox.Reason)}{(sandbox.ReasonDetail is { } detail ? $": {detail.TrimEnd('.')}" : "")})" : "";

    private static string Words(EndReason? reason) => reason switch
    {
        EndReason.KilledByUser => "deleted by a user",
        EndReason.Timeout => "its time was up",
        EndReason.Idle => "it was idle",
        EndReason.OutOfMemory => "out of memory",
        EndReason.AgentDied => "its agent died",
        EndReason.StartFailed => "it could not be started",
        EndReason.ServerRestart => "the server restarted meanwhile",
        EndReason.HostRestart => "the host restarted",
        EndReason.Unclaimed => "a fault had stopped it and nobody started it",
        _ => "reason unknown",
    };

    private static string Shorten(string text) => text.Length <= 80 ? text : text[..80] + "…";
}
