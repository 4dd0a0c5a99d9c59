using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;

namespace Atoll.Machine.Networking;

/// <summary>
/// Networks of sandboxes on this node.
/// <para>Vocabulary. A <i>slot</i> is a network namespace with one end of a veth pair in it, an address, and rules in force on the host. Slots are made in the background and wait
/// <i>ready</i>; a sandbox <i>claims</i> one; after use it is drained, re-armed (runtimes take addresses and routes off the interface) and ready again.</para>
/// <para>Flow: <see cref="OpenAsync"/> once; per sandbox <see cref="ClaimAsync"/>, join <see cref="NetworkSlot.NamespacePath"/>, and, when every process in it is gone,
/// <see cref="ReleaseAsync"/>; <see cref="CloseAsync"/> once. One object is opened once.</para>
/// <para>Rules. A slot is closed until a claim opens it, and what it may reach is in force before anything runs in it: the internet (or nothing), names through the node's forwarder;
/// never private, link-local or metadata ranges, the host, or another slot. What is refused is refused at once (TCP reset, ICMP prohibited). The host reaches a slot under either policy;
/// a slot answers but never opens a connection to the host. Nothing outside the host opens one to a slot. IPv6 is off.</para>
/// <para>Crash. Namespaces, interfaces and rules stay in the kernel: sandboxes go on, except that names are not answered until the server is back. Slots that
/// <see cref="OpenAsync"/> is not told of are thrown away, not re-armed: something may still run in them.</para>
/// <para>Threads: any member at any time between open and close; a claim that waits when the network closes ends with <see cref="FaultCode.ShuttingDown"/>.</para>
/// </summary>
internal interface ISandboxNetwork
{
    /// <summary>
    /// Sets up rules and forwarder, keeps <paramref name="owned"/> slots and their policy as they are (a slot of a living sandbox), removes all others of this installation, and
    /// begins to fill the pool. A fault when the range overlaps the host's own addresses, or is not the one that living sandboxes have.
    /// </summary>
    Task<Result<Done>> OpenAsync(IReadOnlyDictionary<int, SandboxId> owned, CancellationToken cancellation);

    /// <summary>
    /// Stops filling and forwarding; with <paramref name="erase"/>, removes every slot, interface and rule, owned ones too, and puts the host's forwarding back. Erasing needs no open before.
    /// </summary>
    Task<Result<Done>> CloseAsync(bool erase, CancellationToken cancellation);

    /// <summary>A ready slot for a sandbox, with its policy in force. Waits for one to be made, at most the option's time; <see cref="FaultCode.CapacityExhausted"/> when all addresses are taken.</summary>
    Task<Result<NetworkSlot>> ClaimAsync(SandboxId id, EgressDefault egress, CancellationToken cancellation);

    /// <summary>Puts a policy in force on a slot that was claimed with <see cref="EgressDefault.Deny"/>: when this returns, it is.</summary>
    Task<Result<Done>> AllowAsync(NetworkSlot slot, EgressDefault egress, CancellationToken cancellation);

    /// <summary>
    /// Gives a slot back: it is closed on return, and its connections are cut; draining and re-arming go on in the background. Preconditions: nothing runs in it any more.
    /// </summary>
    ValueTask ReleaseAsync(NetworkSlot slot);

    /// <summary>
    /// Makes a claimed slot ready for another process 1 of the same sandbox: runtimes take addresses and routes off its interface. Its policy stays in force. Preconditions: nothing runs in it.
    /// </summary>
    Task<Result<Done>> RearmAsync(NetworkSlot slot, CancellationToken cancellation);

    /// <summary>
    /// Resets connections of the sandbox in a slot, as their other ends would: its programs see that at once. What does not answer within half a second is left. Blocks for that long.
    /// </summary>
    /// <returns>How many were left.</returns>
    /// <exception cref="IOException">The slot's interface is gone.</exception>
    int Reset(NetworkSlot slot, IReadOnlyCollection<TcpPair> connections);

    /// <summary>The slot with this number, which a living sandbox owned before a restart.</summary>
    NetworkSlot Slot(int number);

    /// <summary>Bytes through a slot's interface since it was claimed, as the sandbox sees them.</summary>
    SlotTraffic Measure(NetworkSlot slot);
}
