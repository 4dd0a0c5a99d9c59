using Atoll.Core.Faults;

namespace Atoll.Machine.Isolation.Launching;

internal static class LauncherFaults
{
    /// <summary>On this fault another launcher may be tried: it is about where the root lies, not about the sandbox.</summary>
    public static Fault CannotMapIds(string root) => new(FaultCode.IsolationUnavailable, FaultSide.Host, FaultStage.Isolation,
        $"The file system of {root} cannot have its user ids mapped.", "btrfs (Linux 5.15), ext4 (5.12) and xfs (5.12) can; overlayfs cannot.");
}
