using System.Buffers.Binary;

namespace Atoll.Machine.Networking.Dns;

/// <summary>
/// As much of a DNS message as forwarding needs (RFC 1035, 4.1): <c>id:u16 flags:u16 questions:u16 answers:u16 authorities:u16 additionals:u16</c>, then one question,
/// <c>(length:u8 label)* 0 type:u16 class:u16</c>. The rest is passed on unread.
/// </summary>
internal static class DnsMessage
{
    public const int HeaderSize = 12;
    public const int MaxSize = 65535;
    private const int LongestName = 255;
    private const byte Response = 0x80, OpcodeMask = 0x78, ServerFailure = 2, RecursionAvailable = 0x80;

    public static ushort Id(ReadOnlySpan<byte> message) => BinaryPrimitives.ReadUInt16BigEndian(message);

    public static void SetId(Span<byte> message, ushort id) => BinaryPrimitives.WriteUInt16BigEndian(message, id);

    /// <summary>A standard query with exactly one question, which is all that clients send; anything else is dropped.</summary>
    public static bool IsQuery(ReadOnlySpan<byte> message) =>
        message.Length >= HeaderSize && (message[2] & (Response | OpcodeMask)) == 0 && BinaryPrimitives.ReadUInt16BigEndian(message[4..]) == 1 && QuestionEnd(message) > 0;

    /// <summary>An answer counts only with the id and the question of what was asked: names are compared without case (RFC 4343).</summary>
    public static bool Answers(ReadOnlySpan<byte> message, ReadOnlySpan<byte> query)
    {
        var end = QuestionEnd(query);
        if (message.Length < HeaderSize || (message[2] & Response) == 0 || Id(message) != Id(query)) return false;

        // A server that could not read the question sends none back.
        if (BinaryPrimitives.ReadUInt16BigEndian(message[4..]) == 0) return message.Length == HeaderSize;
        if (message.Length < end || QuestionEnd(message) != end) return false;
        for (var i = HeaderSize; i < end; i++)
        {
            if (Lower(message[i]) != Lower(query[i])) return false;
        }

        return true;

        static byte Lower(byte b) => b is >= (byte)'A' and <= (byte)'Z' ? (byte)(b | 0x20) : b;
    }

    /// <summary>What a client is told when no name server answered.</summary>
    public static byte[] Failure(ReadOnlySpan<byte> query)
    {
        var reply = query[..QuestionEnd(query)].ToArray();
        reply[2] |= Response;
        reply[3] = RecursionAvailable | ServerFailure;
        reply.AsSpan(6, 6).Clear();
        return reply;
    }

    private static int QuestionEnd(ReadOnlySpan<byte> message)
    {
        var position = HeaderSize;
        while (position < message.Length && position - HeaderSize < LongestName)
        {
            int label = message[position++];
            if (label == 0) return position + 4 <= message.Length ? position + 4 : -1;

            // The only name of a question has nothing before it to point at.
            if (label > 63) return -1;
            position += label;
        }

        return -1;
    }
}
