using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Atoll.Machine.Native.Netlink;

/// <summary>packet(7): IPv4 packets to and from the one machine behind an interface of the calling thread's network namespace. Past the host's own rules and connections. Not thread-safe.</summary>
internal sealed partial class InterfaceSocket : IDisposable
{
    private const int FamilyPacket = 17;
    private const int TypeDatagramCloseOnExec = 2 | 0x80000;
    private const int AddressBytes = 20;
    private const int HardwareAt = 12;
    private const int DontWait = 0x40;

    /// <summary>ETH_P_IP, in network order. What the host itself sends does not come back with it.</summary>
    private const ushort IpProtocol = 0x0008;

    private readonly string _name;
    private readonly SafeFileHandle _socket;
    private readonly byte[] _address = new byte[AddressBytes];

    public InterfaceSocket(string name, ReadOnlySpan<byte> hardwareAddress)
    {
        _name = name;
        var index = IndexOf(name);
        if (index == 0) throw SyscallException.Last("if_nametoindex", name);

        // struct sockaddr_ll: family, protocol, interface, then the other end's address.
        BitConverter.TryWriteBytes(_address, (ushort)FamilyPacket);
        BitConverter.TryWriteBytes(_address.AsSpan(2), IpProtocol);
        BitConverter.TryWriteBytes(_address.AsSpan(4), index);
        _address[HardwareAt - 1] = (byte)hardwareAddress.Length;
        hardwareAddress.CopyTo(_address.AsSpan(HardwareAt));
        _socket = new SafeFileHandle(NetlinkCalls.Socket(FamilyPacket, TypeDatagramCloseOnExec, 0), ownsHandle: true);
        if (_socket.IsInvalid) throw SyscallException.Last("socket", name);
        if (Bind(_socket, _address, AddressBytes) >= 0) return;
        var failure = SyscallException.Last("bind", name);
        _socket.Dispose();
        throw failure;
    }

    public void Send(ReadOnlySpan<byte> packet)
    {
        if (SendTo(_socket, packet, packet.Length, 0, _address, AddressBytes) < 0) throw SyscallException.Last("sendto", _name);
    }

    public bool WaitReadable(TimeSpan limit, TimeProvider time) => Polling.WaitReadable(_socket, limit, time);

    /// <returns>0 when there was nothing after all.</returns>
    public int Receive(Span<byte> packet) => (int)Math.Max(0, NetlinkCalls.Receive(_socket, packet, packet.Length, DontWait));

    public void Dispose() => _socket.Dispose();

    [LibraryImport("libc", EntryPoint = "if_nametoindex", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int IndexOf(string name);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    private static partial int Bind(SafeFileHandle socket, ReadOnlySpan<byte> address, int size);

    [LibraryImport("libc", EntryPoint = "sendto", SetLastError = true)]
    private static partial nint SendTo(SafeFileHandle socket, ReadOnlySpan<byte> data, nint size, int flags, ReadOnlySpan<byte> address, int addressSize);
}
