using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;

namespace Atoll.Machine.Networking;

/// <summary>
/// Networks of sandboxes on this node.
/// <para>Vocabulary. A <i>slot</i> is a network namespace with one end of a veth pair in it, an address, and rules in force on the host. Slots are made in the background and wait
/// <i>ready</i>; a sandbox <i>claims</i> one; after use it is drained, re-armed (runtimes take addresses and routes off the interface) and ready again.</para>
/// <para>Rules. What a slot may reach is in force before anything runs in it: the internet (or nothing), names through the node's forwarder; never private, link-local or metadata
/// ranges, the host, or another slot. The host reaches a slot; a slot answers but never opens a connection to the host.</para>
/// <para>Threads: any member at any time.</para>
/// </summary>
internal interface ISandboxNetwork
{
    /// <summary>Sets up rules and forwarder, keeps <paramref name="owned"/> slots as they are (a slot of a living sandbox), frees or re-arms all others of this installation, and fills the pool.</summary>
    Task<Result<Done>> OpenAsync(IReadOnlyDictionary<int, SandboxId> owned, CancellationToken cancellation);

    /// <summary>Stops filling and forwarding; with <paramref name="erase"/>, removes every slot, interface and rule.</summary>
    Task<Result<Done>> CloseAsync(bool erase, CancellationToken cancellation);

    /// <summary>A ready slot for a sandbox, with its policy in force. Waits for one to be made, at most the option's time; <see cref="FaultCode.CapacityExhausted"/> when all addresses are taken.</summary>
    Task<Result<NetworkSlot>> ClaimAsync(SandboxId id, EgressDefault egress, CancellationToken cancellation);

    /// <summary>Gives a slot back; draining and re-arming go on in the background.</summary>
    ValueTask ReleaseAsync(NetworkSlot slot);

    /// <summary>The slot with this number, which a living sandbox owned before a restart.</summary>
    NetworkSlot Slot(int number);

    /// <summary>Bytes through a slot's interface since it was claimed, as the sandbox sees them.</summary>
    SlotTraffic Measure(NetworkSlot slot);
}
