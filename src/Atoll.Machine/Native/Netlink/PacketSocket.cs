using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Atoll.Machine.Native.Netlink;

/// <summary>packet(7): everything that comes over an interface, with the virtio header that tells of segments which are larger than its MTU.</summary>
internal static unsafe partial class PacketSocket
{
    private const int FamilyPacket = 17;
    private const int LevelPacket = 263;
    private const int OptionVirtioHeader = 15;
    private const int OptionSendBufferForce = 32;
    private const int OptionReceiveBufferForce = 33;
    private const int BufferBytes = 4 << 20;
    private const int AddressBytes = 20;

    /// <summary>ETH_P_ALL, in network order.</summary>
    private const ushort EveryProtocol = 0x0300;

    /// <summary>For an interface of the calling thread's network namespace. The buffers are of the size that gVisor gives them.</summary>
    public static SafeFileHandle Open(int link)
    {
        var socket = new SafeFileHandle(NetlinkCalls.Socket(FamilyPacket, NetlinkCalls.TypeRawCloseOnExec, 0), ownsHandle: true);
        try
        {
            if (socket.IsInvalid) throw SyscallException.Last("socket", "packet");

            // struct sockaddr_ll: family, protocol, interface.
            var address = stackalloc byte[AddressBytes];
            new Span<byte>(address, AddressBytes).Clear();
            ((ushort*)address)[0] = FamilyPacket;
            ((ushort*)address)[1] = EveryProtocol;
            ((int*)address)[1] = link;
            if (Bind(socket, address, AddressBytes) < 0) throw SyscallException.Last("bind", "packet");
            Set(socket, LevelPacket, OptionVirtioHeader, 1);
            Set(socket, NetlinkCalls.LevelSocket, OptionReceiveBufferForce, BufferBytes);
            Set(socket, NetlinkCalls.LevelSocket, OptionSendBufferForce, BufferBytes);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static void Set(SafeFileHandle socket, int level, int option, int value)
    {
        if (NetlinkCalls.SetOption(socket, level, option, new ReadOnlySpan<byte>(&value, sizeof(int)), sizeof(int)) < 0) throw SyscallException.Last("setsockopt", "packet");
    }

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    private static partial int Bind(SafeFileHandle socket, byte* address, int size);
}
