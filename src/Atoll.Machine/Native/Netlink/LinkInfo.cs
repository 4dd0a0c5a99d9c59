namespace Atoll.Machine.Native.Netlink;

/// <summary>A network interface.</summary>
/// <param name="Peer">The index, in its own namespace, of the other end of a veth pair; 0 for other kinds.</param>
/// <param name="HardwareAddress">Hex digits.</param>
internal sealed record LinkInfo(int Index, string Name, bool Up, int Peer, string HardwareAddress, int Mtu);
