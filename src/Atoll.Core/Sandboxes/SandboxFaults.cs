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

    public static Fault Unreachable(SandboxId id) => new(
        FaultCode.AgentUnreachable, FaultSide.Host, FaultStage.Agent, $"Sandbox {id} does not answer; it may just be ending.", "Look at its state, then try again.");

    public static Fault IdempotencyConflict(string key) => new(
        FaultCode.IdempotencyConflict, FaultSide.Caller, FaultStage.Request, $"The idempotency key '{key}' was used with another request.", "Use a new key for a new request.");

    private static string Words(EndReason? reason) => reason switch
    {
        EndReason.KilledByUser => "deleted by a user",
        EndReason.Timeout => "its time was up",
        EndReason.Idle => "it was idle",
        EndReason.OutOfMemory => "out of memory",
        EndReason.AgentDied => "its agent died",
        EndReason.StartFailed => "it could not be started",
        EndReason.ServerRestart => "the server restarted while creating it",
        EndReason.HostRestart => "the host restarted",
        _ => "reason unknown",
    };

    private static string Shorten(string text) => text.Length <= 80 ? text : text[..80] + "…";
}
