namespace Atoll.Machine.Native.Netlink;

/// <summary>Which part of the kernel a netlink socket talks to.</summary>
internal enum NetlinkFamily
{
    Route = 0,
    Netfilter = 12,
}
