using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Atoll.Agent.Protocol.Client;

/// <summary>
/// A TCP socket that begins to connect and does not wait for it: what is sent before it is connected waits in <see cref="Socket.SendAsync(ReadOnlyMemory{byte}, CancellationToken)"/>. Over a veth
/// pair the kernel is through with the handshake before connect(2) returns, and says EINPROGRESS nonetheless; the framework then waits for its polling thread, which hands over to one of
/// the pool: two threads woken, 0.1 ms, for what was there already.
/// </summary>
internal static unsafe partial class DirectSocket
{
    private const int Internet = 2;
    private const int Stream = 1;
    private const int NonBlocking = 0x800;
    private const int CloseOnExec = 0x80000;
    private const int InProgress = 115;

    /// <summary>struct sockaddr_in.</summary>
    private const int AddressBytes = 16;

    /// <exception cref="SocketException">There is no socket to be had, or no way there.</exception>
    public static Socket Connect(IPEndPoint endpoint)
    {
        var descriptor = Create(Internet, Stream | NonBlocking | CloseOnExec, 0);
        if (descriptor < 0) throw new SocketException(Marshal.GetLastPInvokeError());
        var handle = new SafeSocketHandle(descriptor, ownsHandle: true);
        try
        {
            Span<byte> address = stackalloc byte[AddressBytes];
            address.Clear();
            BinaryPrimitives.WriteUInt16LittleEndian(address, Internet);
            BinaryPrimitives.WriteUInt16BigEndian(address[2..], (ushort)endpoint.Port);
            endpoint.Address.TryWriteBytes(address[4..], out _);
            fixed (byte* start = address)
            {
                if (Connect(descriptor, start, AddressBytes) != 0 && Marshal.GetLastPInvokeError() is var error and not InProgress) throw new SocketException(error);
            }

            return new Socket(handle) { NoDelay = true };
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int Create(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "connect", SetLastError = true)]
    private static partial int Connect(int descriptor, byte* address, int length);
}
