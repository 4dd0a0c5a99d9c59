using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;

namespace Atoll.Machine.Isolation;

internal static class MemoryFaults
{
    public static Fault NotSupported(IsolationKind kind, string reason) => new(
        FaultCode.NotSupported, FaultSide.Host, FaultStage.Isolation, $"The memory of '{IsolationNames.Of(kind)}' sandboxes cannot be saved on this host: {reason}",
        "Use kind \"disk\", which saves the disk, and from which processes start anew; or a 'gvisor' sandbox.");

    /// <summary>It was started by a server that could not save memory yet, so it cannot be given an identity of its own when it is restored.</summary>
    public static Fault OldAgent { get; } = new(
        FaultCode.NotSupported, FaultSide.Caller, FaultStage.Agent, "The sandbox was started by an older version of this server, and its agent cannot go on from saved memory.",
        "Stop and start it, which gives it a newer agent; or use kind \"disk\".");

    /// <summary>Seen with runsc 20240729: it opens again what was open, by its path.</summary>
    public static bool IsFileGone(string said) => said.EndsWith("no such file or directory", StringComparison.Ordinal);

    public static Fault FileGone { get; } = new(
        FaultCode.CheckpointMismatch, FaultSide.Caller, FaultStage.Isolation, "A file of a volume, which programs had open when the sandbox's memory was saved, is not there any more: they cannot go on.",
        "Put it back; or stop the sandbox (or fork with kind \"disk\"), so that its processes start anew.");
}
