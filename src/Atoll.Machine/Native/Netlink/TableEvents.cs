using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;

namespace Atoll.Machine.Native.Netlink;

/// <summary>Tells when a table of nftables was deleted in this namespace, by whomever. One reader.</summary>
internal sealed class TableEvents : IDisposable
{
    private const uint TablesGroup = 1 << 6;
    private const ushort TableDeleted = (10 << 8) | 2;
    private readonly Socket _socket;
    private readonly byte[] _buffer = new byte[64 * 1024];

    public TableEvents()
    {
        var descriptor = NetlinkCalls.Socket(NetlinkCalls.FamilyNetlink, NetlinkCalls.TypeRawCloseOnExec, (int)NetlinkFamily.Netfilter);
        if (descriptor < 0) throw SyscallException.Last("socket", "netlink Netfilter");
        using (var borrowed = new SafeFileHandle(descriptor, ownsHandle: false))
        {
            var address = new NetlinkAddress(TablesGroup);
            if (NetlinkCalls.Bind(borrowed, in address, 12) < 0)
            {
                var failure = SyscallException.Last("bind", "nftables events");
                new SafeFileHandle(descriptor, ownsHandle: true).Dispose();
                throw failure;
            }
        }

        _socket = new Socket(new SafeSocketHandle(descriptor, ownsHandle: true));
    }

    /// <summary>Waits until one was deleted, or may have been.</summary>
    public async Task WaitAsync(CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                var count = await _socket.ReceiveAsync(_buffer, SocketFlags.None, cancellation);
                if (Mentions(_buffer.AsSpan(0, count))) return;
            }
            catch (SocketException overrun) when (overrun.SocketErrorCode == SocketError.NoBufferSpaceAvailable)
            {
                // More happened than the socket could hold: what, nobody knows.
                return;
            }
        }
    }

    public void Dispose() => _socket.Dispose();

    private static bool Mentions(ReadOnlySpan<byte> messages)
    {
        while (messages.Length >= NetlinkMessage.HeaderSize)
        {
            var length = BitConverter.ToInt32(messages);
            if (length < NetlinkMessage.HeaderSize || length > messages.Length) return false;
            if (BitConverter.ToUInt16(messages[4..]) == TableDeleted) return true;
            messages = messages[Math.Min(messages.Length, (length + 3) & ~3)..];
        }

        return false;
    }
}
