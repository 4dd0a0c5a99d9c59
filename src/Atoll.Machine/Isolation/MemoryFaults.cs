using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;

namespace Atoll.Machine.Isolation;

internal static class MemoryFaults
{
    public static Fault NotSupported(IsolationKind kind, string reason) => new(
        FaultCode.NotSupported, FaultSide.Host, FaultStage.Isolation, $"The memory of '{IsolationNames.Of(kind)}' sandboxes cannot be saved on this host: {reason}",
        "Use kind \"disk\", which saves the disk, and from which processes start anew; or a 'gvisor' sandbox.");
}
