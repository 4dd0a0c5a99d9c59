using System.Security.Cryptography;
using Atoll.Machine.Native;
using Atoll.Machine.Native.Netlink;

namespace Atoll.Machine.Networking.Resetting;

/// <summary>
/// Ends a sandbox's TCP connections with the outside from outside, as a peer that resets them would: by packets over the host's end of its interface, which nobody else sees.
/// <para>Why: a runsc that saves a sandbox's memory ends its connections while it is writing, and in what it writes the epoll instances that watch them are damaged: after the restore they name
/// a closed connection for ever, whatever the program does. A connection that was reset before is saved as what it is.</para>
/// <para>How: a reset counts only at the place in the stream where the peer is. A segment from anywhere else is answered with that place (RFC 9293, 3.10.7.4): two are sent, half of all numbers
/// apart, so that one of them is outside of any window.</para>
/// </summary>
internal static class ConnectionResetter
{
    /// <summary>What has not been answered by then is left: a sandbox that stands still, or whose kernel has forgotten the connection.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(500);

    /// <returns>How many were not reset.</returns>
    /// <exception cref="SyscallException">The interface is gone, or cannot be spoken over.</exception>
    public static int Reset(NetworkSlot slot, ReadOnlySpan<byte> hardwareAddress, IEnumerable<TcpPair> connections, TimeProvider time)
    {
        var left = connections.ToHashSet();
        if (left.Count == 0) return 0;
        using var wire = new InterfaceSocket(slot.HostInterface, hardwareAddress);
        var packet = new byte[2048];
        foreach (var pair in left)
        {
            var anywhere = BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(sizeof(uint)));
            Send(wire, slot, pair, anywhere, TcpSegment.Acknowledge, packet);
            Send(wire, slot, pair, unchecked(anywhere + 0x80000000), TcpSegment.Acknowledge, packet);
        }

        var begun = time.GetTimestamp();
        while (left.Count > 0 && Limit - time.GetElapsedTime(begun) is var rest && rest > TimeSpan.Zero && wire.WaitReadable(rest, time))
        {
            var length = wire.Receive(packet);
            if (!TcpSegment.TryRead(packet.AsSpan(0, length), out var said) || !said.From.Equals(slot.Address) || (said.Flags & TcpSegment.Acknowledge) == 0) continue;
            TcpPair pair = new(said.FromPort, said.To, said.ToPort);
            if (left.Remove(pair)) Send(wire, slot, pair, said.Acknowledged, TcpSegment.Reset, packet);
        }

        return left.Count;
    }

    private static void Send(InterfaceSocket wire, NetworkSlot slot, TcpPair pair, uint sequence, byte flags, byte[] packet)
    {
        new TcpSegment(pair.Remote, pair.RemotePort, slot.Address, pair.Port, sequence, 0, flags).Write(packet);
        wire.Send(packet.AsSpan(0, TcpSegment.Bytes));
    }
}
