using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace Atoll.Machine.Tests.Networking;

/// <summary>Makes the few DNS messages that the tests need.</summary>
internal static class DnsQuestion
{
    public static byte[] For(string name, ushort id)
    {
        var message = new List<byte> { (byte)(id >> 8), (byte)id, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0 };
        foreach (var label in name.Split('.'))
        {
            message.Add((byte)label.Length);
            message.AddRange(Encoding.ASCII.GetBytes(label));
        }

        message.AddRange([0, 0, 1, 0, 1]);
        return [.. message];
    }

    public static byte[] Reply(byte[] query, IPAddress address)
    {
        byte[] reply = [.. query, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, .. address.GetAddressBytes()];
        (reply[2], reply[3]) = (0x81, 0x80);
        BinaryPrimitives.WriteUInt16BigEndian(reply.AsSpan(6), 1);
        return reply;
    }

    public static byte[] Truncated(byte[] query)
    {
        byte[] reply = [.. query];
        (reply[2], reply[3]) = (0x83, 0x80);
        return reply;
    }

    public static int Code(byte[] reply) => reply[3] & 15;

    public static IPAddress Address(byte[] reply) => new(reply.AsSpan(reply.Length - 4));
}
