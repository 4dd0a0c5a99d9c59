using System.Buffers.Binary;
using Atoll.Agent.Protocol.Wire;

namespace Atoll.Agent.Protocol.Framing;

/// <summary>
/// A reusable buffer for frames that carry bulk bytes. Content is put straight into <see cref="Payload"/>; sealing writes the frame's few header bytes right before it,
/// so that content is copied once and leaves in one system call. What is sealed is valid until the buffer is used again.
/// </summary>
public sealed class PayloadFrame(int payloadBytes = FrameLimits.Payload)
{
    // 4 (length) + 1-2 (outer tag) + 4 (outer length) + 2 (stream) + 11 (offset) + 5 (bytes tag and length), rounded up.
    private const int HeaderRoom = 32;

    private readonly byte[] _buffer = new byte[HeaderRoom + payloadBytes];

    public Memory<byte> Payload => _buffer.AsMemory(HeaderRoom);

    /// <summary>The first <paramref name="length"/> bytes as an <c>Output.data</c> frame.</summary>
    public ReadOnlyMemory<byte> SealOutputData(int length) => SealBytes(Output.DataFieldNumber, length);

    /// <summary>The first <paramref name="length"/> bytes as an <c>Input.data</c> frame.</summary>
    public ReadOnlyMemory<byte> SealInputData(int length) => SealBytes(Input.DataFieldNumber, length);

    /// <summary>The first <paramref name="length"/> bytes as an <c>Output.chunk</c> frame.</summary>
    public ReadOnlyMemory<byte> SealChunk(Wire.OutputStream stream, long offset, int length)
    {
        Span<byte> inner = stackalloc byte[HeaderRoom];
        var size = 0;
        if (stream != Wire.OutputStream.Stdout)
        {
            size += Varint(inner[size..], Chunk.StreamFieldNumber << 3);
            size += Varint(inner[size..], (ulong)stream);
        }

        size += Varint(inner[size..], Chunk.OffsetFieldNumber << 3);
        size += Varint(inner[size..], (ulong)offset);
        size += Varint(inner[size..], (Chunk.BytesFieldNumber << 3) | LengthDelimited);
        size += Varint(inner[size..], (ulong)length);

        Span<byte> header = stackalloc byte[HeaderRoom];
        var outer = Varint(header, (Output.ChunkFieldNumber << 3) | LengthDelimited);
        outer += Varint(header[outer..], (ulong)(size + length));
        inner[..size].CopyTo(header[outer..]);
        return Seal(header[..(outer + size)], length);
    }

    private const uint LengthDelimited = 2;

    private ReadOnlyMemory<byte> SealBytes(int field, int length)
    {
        Span<byte> header = stackalloc byte[HeaderRoom];
        var size = Varint(header, ((uint)field << 3) | LengthDelimited);
        size += Varint(header[size..], (ulong)length);
        return Seal(header[..size], length);
    }

    private ReadOnlyMemory<byte> Seal(ReadOnlySpan<byte> header, int length)
    {
        var start = HeaderRoom - header.Length - FrameLimits.HeaderBytes;
        BinaryPrimitives.WriteUInt32LittleEndian(_buffer.AsSpan(start), (uint)(header.Length + length));
        header.CopyTo(_buffer.AsSpan(start + FrameLimits.HeaderBytes));
        return _buffer.AsMemory(start, FrameLimits.HeaderBytes + header.Length + length);
    }

    private static int Varint(Span<byte> destination, ulong value)
    {
        var size = 0;
        while (value >= 0x80)
        {
            destination[size++] = (byte)(value | 0x80);
            value >>= 7;
        }

        destination[size++] = (byte)value;
        return size;
    }
}
