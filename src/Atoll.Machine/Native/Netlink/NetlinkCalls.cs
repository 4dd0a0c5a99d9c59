using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Atoll.Machine.Native.Netlink;

/// <summary>The socket calls that netlink needs; .NET's own sockets cannot be opened for that family.</summary>
internal static partial class NetlinkCalls
{
    public const int FamilyNetlink = 16;
    public const int TypeRawCloseOnExec = 3 | 0x80000;
    public const int LevelNetlink = 270;
    public const int OptionExtendedAck = 11;
    public const int OptionStrictCheck = 12;
    public const int LevelSocket = 1;
    public const int OptionReceiveTimeout = 20;

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    public static partial int Socket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    public static partial int Bind(SafeFileHandle socket, in NetlinkAddress address, int size);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    public static partial int SetOption(SafeFileHandle socket, int level, int name, ReadOnlySpan<byte> value, int size);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    public static partial nint Send(SafeFileHandle socket, ReadOnlySpan<byte> data, nint size, int flags);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    public static partial nint Receive(SafeFileHandle socket, Span<byte> data, nint size, int flags);
}
