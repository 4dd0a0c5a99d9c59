using System.Net;

namespace Atoll.Machine.Networking;

/// <summary>A network namespace and what hangs on it. Everything follows from the number and the installation's options.</summary>
/// <param name="NamespacePath">Where it is bound, for runtimes to join.</param>
/// <param name="Address">The sandbox's own address.</param>
/// <param name="Gateway">The host's end; also the address of the node's DNS forwarder for it.</param>
/// <param name="HostInterface">The host's end of the veth pair.</param>
internal sealed record NetworkSlot(int Number, string NamespacePath, IPAddress Address, IPAddress Gateway, string HostInterface);
