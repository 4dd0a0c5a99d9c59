using System.Net;

namespace Atoll.Machine.Native.Netlink;

internal sealed record AddressInfo(int Link, IPAddress Address, int PrefixLength);
