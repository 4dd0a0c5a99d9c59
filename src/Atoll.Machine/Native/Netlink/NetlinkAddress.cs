using System.Runtime.InteropServices;

namespace Atoll.Machine.Native.Netlink;

/// <summary><c>struct sockaddr_nl</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct NetlinkAddress(uint groups)
{
    public readonly ushort Family = NetlinkCalls.FamilyNetlink;
    public readonly ushort Padding;
    public readonly uint Port;
    public readonly uint Groups = groups;
}
