using Atoll.Core.Guests;
using Atoll.Core.Sandboxes;
using Atoll.Machine.Isolation;
using Atoll.Machine.Networking;

namespace Atoll.Machine.Live;

/// <summary>A live sandbox's parts on this host.</summary>
internal sealed record LiveHandle(SandboxId Id, ISandboxRuntime Runtime, RunningInit Init, NetworkSlot Slot, IGuest Guest)
{
    /// <summary>Processor time that it had used before anybody asked for it, which is nobody's usage. Not kept over a restart of the server: its owner is then charged once for it.</summary>
    public double CpuSecondsBefore { get; init; }

    /// <summary>Its processes stand still until it is resumed.</summary>
    public bool Paused { get; init; }
}
