using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Atoll.Machine.Native.Netlink;

/// <summary>
/// One netlink conversation with the kernel: a request, and its acknowledgement or the parts of its answer. It speaks for the network namespace of the thread that
/// opened it, whichever thread uses it later. Threads: one request at a time, by a lock.
/// </summary>
internal sealed class NetlinkSocket : IDisposable
{
    private const int Done = 3;
    private const int Error = 2;
    private const int Interrupted = 4;

    // The kernel answers at once; a silence this long means a broken invariant, which must not hang the server.
    private const int AnswerSeconds = 10;
    private readonly Lock _lock = new();
    private readonly SafeFileHandle _socket;
    private readonly byte[] _received = new byte[64 * 1024];
    private uint _sequence;

    public NetlinkSocket(NetlinkFamily family)
    {
        _socket = new SafeFileHandle(NetlinkCalls.Socket(NetlinkCalls.FamilyNetlink, NetlinkCalls.TypeRawCloseOnExec, (int)family), ownsHandle: true);
        if (_socket.IsInvalid) throw SyscallException.Last("socket", $"netlink {family}");
        var address = new NetlinkAddress(0);
        if (NetlinkCalls.Bind(_socket, in address, 12) < 0) throw SyscallException.Last("bind", $"netlink {family}");
        Span<byte> timeout = stackalloc byte[16];
        BitConverter.TryWriteBytes(timeout, (long)AnswerSeconds);
        if (NetlinkCalls.SetOption(_socket, NetlinkCalls.LevelSocket, NetlinkCalls.OptionReceiveTimeout, timeout, timeout.Length) < 0)
        {
            throw SyscallException.Last("setsockopt", "SO_RCVTIMEO");
        }
    }

    public delegate void Part(ushort type, ReadOnlySpan<byte> body);

    /// <summary>Sends what <paramref name="write"/> makes of a first sequence number and reads as many acknowledgements as it returns.</summary>
    /// <exception cref="SyscallException">The kernel refused; its errno, with <paramref name="subject"/>.</exception>
    public void Request(string subject, Func<NetlinkMessage, uint, int> write)
    {
        lock (_lock)
        {
            var message = new NetlinkMessage();
            var first = _sequence + 1;
            var awaited = write(message, first);
            _sequence += (uint)awaited + 2;
            Send(message, subject);
            var failure = 0;
            while (awaited > 0)
            {
                Receive(subject, first, (type, body) =>
                {
                    if (type != Error) return;
                    awaited--;
                    var errno = -BitConverter.ToInt32(body);

                    // A batch is refused whole: nothing more is awaited after its first error.
                    if (errno != 0) (failure, awaited) = (errno, 0);
                });
            }

            if (failure != 0) throw new SyscallException("netlink", subject, failure);
        }
    }

    /// <summary>Asks for a list and hands each of its parts to <paramref name="part"/>.</summary>
    public void Dump(string subject, Action<NetlinkMessage, uint> write, Part part)
    {
        lock (_lock)
        {
            var message = new NetlinkMessage();
            var sequence = ++_sequence;
            write(message, sequence);
            Send(message, subject);
            var finished = false;
            var failure = 0;
            while (!finished)
            {
                Receive(subject, sequence, (type, body) =>
                {
                    if (type is Error or Done)
                    {
                        finished = true;
                        failure = body.Length >= 4 ? -BitConverter.ToInt32(body) : 0;
                    }
                    else if (type > Interrupted)
                    {
                        part(type, body);
                    }
                });
            }

            if (failure != 0) throw new SyscallException("netlink", subject, failure);
        }
    }

    public void Dispose() => _socket.Dispose();

    private void Send(NetlinkMessage message, string subject)
    {
        var bytes = message.Close().Written;
        if (NetlinkCalls.Send(_socket, bytes, bytes.Length, 0) != bytes.Length) throw SyscallException.Last("send", subject);
    }

    private void Receive(string subject, uint oldest, Part part)
    {
        var count = (int)NetlinkCalls.Receive(_socket, _received, _received.Length, 0);
        if (count < 0)
        {
            const int interrupted = 4;
            if (Marshal.GetLastPInvokeError() == interrupted) return;
            throw SyscallException.Last("recv", subject);
        }

        var rest = _received.AsSpan(0, count);
        while (rest.Length >= NetlinkMessage.HeaderSize)
        {
            var length = BitConverter.ToInt32(rest);
            if (length < NetlinkMessage.HeaderSize || length > rest.Length) break;

            // What an earlier, failed request left in the queue is not ours.
            if (BitConverter.ToUInt32(rest[8..]) - oldest < int.MaxValue) part(BitConverter.ToUInt16(rest[4..]), rest[NetlinkMessage.HeaderSize..length]);
            rest = rest[Math.Min(rest.Length, (length + 3) & ~3)..];
        }
    }
}
