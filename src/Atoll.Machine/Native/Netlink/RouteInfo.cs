using System.Net;

namespace Atoll.Machine.Native.Netlink;

/// <summary>A route of the main table or one that somebody added; the kernel's own local table is left out.</summary>
/// <param name="Gateway">Null for a route on the link itself.</param>
internal sealed record RouteInfo(int Link, IPAddress Destination, int PrefixLength, IPAddress? Gateway);
