using Atoll.Core.Faults;

namespace Atoll.Machine.Isolation.Launching;

internal static class LauncherFaults
{
    /// <summary>It was there when the server started. No reason to start sandboxes behind another wall than before.</summary>
    public static Fault Gone(string program) => new(FaultCode.IsolationUnavailable, FaultSide.Host, FaultStage.Isolation,
        $"'{program}', which starts these sandboxes, is no longer on this host or may not be executed.", "Install it again, or choose another isolation. Sandboxes that run go on.");

    /// <summary>On this fault another launcher may be tried: it is about where the root lies, not about the sandbox.</summary>
    public static Fault CannotMapIds(string root) => new(FaultCode.IsolationUnavailable, FaultSide.Host, FaultStage.Isolation,
        $"The file system of {root} cannot have its user ids mapped.", "btrfs (Linux 5.15), ext4 (5.12) and xfs (5.12) can; overlayfs cannot.");
}
