using Atoll.Agent.Protocol.Wire;
using Google.Protobuf;

namespace Atoll.Agent.Protocol.Framing;

/// <summary>
/// Parses the two answers that carry bulk bytes without copying these: <c>data = tag length bytes</c> and <c>chunk = tag length { [tag stream] [tag offset] tag length bytes }</c>,
/// exactly as <see cref="PayloadFrame"/> writes them. Whatever is put differently is left to the protobuf parser, which knows every form.
/// </summary>
internal static class PayloadParser
{
    private const int LengthDelimited = 2;
    private const int DataTag = (Output.DataFieldNumber << 3) | LengthDelimited;
    private const int ChunkTag = (Output.ChunkFieldNumber << 3) | LengthDelimited;
    private const int StreamTag = Chunk.StreamFieldNumber << 3;
    private const int OffsetTag = Chunk.OffsetFieldNumber << 3;
    private const int BytesTag = (Chunk.BytesFieldNumber << 3) | LengthDelimited;

    /// <summary>Null for any other message. The bytes are a part of <paramref name="body"/>.</summary>
    public static Output? TryParse(ReadOnlyMemory<byte> body)
    {
        var left = body;
        if (!TryVarint(ref left, out var tag) || tag is not (DataTag or ChunkTag)) return null;
        if (tag == DataTag) return TryRest(left, out var data) ? new Output { Data = data } : null;
        if (!TryVarint(ref left, out var length) || length != (ulong)left.Length) return null;
        var chunk = new Chunk();
        while (TryVarint(ref left, out tag))
        {
            switch (tag)
            {
                case StreamTag when TryVarint(ref left, out var stream) && stream <= int.MaxValue:
                    chunk.Stream = (Wire.OutputStream)(int)stream;
                    break;
                case OffsetTag when TryVarint(ref left, out var offset):
                    chunk.Offset = offset;
                    break;
                case BytesTag when TryRest(left, out var bytes):
                    chunk.Bytes = bytes;
                    return new Output { Chunk = chunk };
                default:
                    return null;
            }
        }

        return null;
    }

    /// <summary>Bytes that are all there is left.</summary>
    private static bool TryRest(ReadOnlyMemory<byte> left, out ByteString bytes)
    {
        var whole = TryVarint(ref left, out var length) && length == (ulong)left.Length;
        bytes = whole ? UnsafeByteOperations.UnsafeWrap(left) : ByteString.Empty;
        return whole;
    }

    private static bool TryVarint(ref ReadOnlyMemory<byte> left, out ulong value)
    {
        const int MostBytes = 10;
        value = 0;
        var span = left.Span;
        for (var index = 0; index < Math.Min(span.Length, MostBytes); index++)
        {
            value |= (ulong)(span[index] & 0x7F) << (7 * index);
            if (span[index] >= 0x80) continue;
            left = left[(index + 1)..];
            return true;
        }

        return false;
    }
}
