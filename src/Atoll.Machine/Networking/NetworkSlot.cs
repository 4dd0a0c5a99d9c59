using System.Net;

namespace Atoll.Machine.Networking;

/// <summary>A network namespace and what hangs on it. Everything follows from the number and the installation's options, so a slot is found again with no record kept.</summary>
/// <param name="Number">0 and up; the lowest free one is taken first. Used again for another sandbox after a rest.</param>
/// <param name="NamespacePath">Where it is bound, for runtimes to join.</param>
/// <param name="Address">The sandbox's own address, the only one that may leave its interface.</param>
/// <param name="Gateway">The host's end; also the address of the node's DNS forwarder for it.</param>
/// <param name="HostInterface">The host's end of the veth pair. The sandbox's end is <c>eth0</c>.</param>
internal sealed record NetworkSlot(int Number, string NamespacePath, IPAddress Address, IPAddress Gateway, string HostInterface);
