using System.Buffers.Binary;
using System.Net;

namespace Atoll.Machine.Networking.Resetting;

/// <summary>
/// A TCP segment without data or options in an IPv4 packet without options (RFC 9293, RFC 791), written and read byte by byte.
/// </summary>
internal readonly record struct TcpSegment(IPAddress From, ushort FromPort, IPAddress To, ushort ToPort, uint Sequence, uint Acknowledged, byte Flags)
{
    public const byte Reset = 0x04;
    public const byte Acknowledge = 0x10;
    public const int Bytes = IpBytes + TcpBytes;

    private const int IpBytes = 20;
    private const int TcpBytes = 20;
    private const byte Tcp = 6;

    public void Write(Span<byte> packet)
    {
        packet = packet[..Bytes];
        packet.Clear();
        packet[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(packet[2..], Bytes);
        packet[8] = 64;
        packet[9] = Tcp;
        From.TryWriteBytes(packet[12..], out _);
        To.TryWriteBytes(packet[16..], out _);
        BinaryPrimitives.WriteUInt16BigEndian(packet[10..], Folded(Sum(packet[..IpBytes])));

        var segment = packet[IpBytes..];
        BinaryPrimitives.WriteUInt16BigEndian(segment, FromPort);
        BinaryPrimitives.WriteUInt16BigEndian(segment[2..], ToPort);
        BinaryPrimitives.WriteUInt32BigEndian(segment[4..], Sequence);
        BinaryPrimitives.WriteUInt32BigEndian(segment[8..], Acknowledged);
        segment[12] = TcpBytes / 4 << 4;
        segment[13] = Flags;
        BinaryPrimitives.WriteUInt16BigEndian(segment[16..], Folded(Sum(segment) + Sum(packet.Slice(12, 8)) + Tcp + TcpBytes));
    }

    /// <summary>False for what is no whole TCP header of IPv4.</summary>
    public static bool TryRead(ReadOnlySpan<byte> packet, out TcpSegment segment)
    {
        segment = default;
        if (packet.Length < Bytes || packet[0] >> 4 != 4 || packet[9] != Tcp) return false;
        var start = (packet[0] & 15) * 4;
        if (start < IpBytes || packet.Length < start + TcpBytes || (BinaryPrimitives.ReadUInt16BigEndian(packet[6..]) & 0x1fff) != 0) return false;
        var header = packet[start..];
        segment = new(
            new(packet.Slice(12, 4)), BinaryPrimitives.ReadUInt16BigEndian(header), new(packet.Slice(16, 4)), BinaryPrimitives.ReadUInt16BigEndian(header[2..]),
            BinaryPrimitives.ReadUInt32BigEndian(header[4..]), BinaryPrimitives.ReadUInt32BigEndian(header[8..]), header[13]);
        return true;
    }

    private static uint Sum(ReadOnlySpan<byte> bytes)
    {
        uint sum = 0;
        for (var at = 0; at < bytes.Length; at += 2) sum += BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]);
        return sum;
    }

    private static ushort Folded(uint sum)
    {
        while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
        return (ushort)~sum;
    }
}
