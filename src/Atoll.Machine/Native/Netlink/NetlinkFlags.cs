namespace Atoll.Machine.Native.Netlink;

/// <summary>Flags of a netlink request (<c>linux/netlink.h</c>).</summary>
[Flags]
internal enum NetlinkFlags : ushort
{
    Request = 0x1,
    Acknowledge = 0x4,
    Dump = 0x300,
    Exclusive = 0x200,
    Create = 0x400,
    Replace = 0x100,
}
