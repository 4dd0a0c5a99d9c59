using System.Net;

namespace Atoll.Machine.Networking;

/// <summary>A TCP connection of a sandbox with somebody outside it, as the sandbox sees it.</summary>
internal readonly record struct TcpPair(ushort Port, IPAddress Remote, ushort RemotePort);
