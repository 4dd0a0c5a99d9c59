using System.Buffers.Binary;
using Atoll.Agent.Protocol.Wire;
using Google.Protobuf;

namespace Atoll.Agent.Protocol.Framing;

/// <summary>
/// Cuts a byte stream into frames: <c>frame = length(4, little-endian) body(length)</c>. The other side is not trusted: a length is believed only as far
/// as bytes arrive, so that announcing 16 MiB costs the reader nothing. One reader at a time.
/// </summary>
public sealed class FrameReader(Stream source)
{
    private const int InitialBytes = 4 * 1024;
    private const int KeptBytes = FrameLimits.Payload + 4 * 1024;

    private byte[] _buffer = [];
    private int _start;
    private int _end;

    /// <summary>The next message, or null when the stream ended between frames.</summary>
    /// <exception cref="FrameException">The frame is longer than <paramref name="limit"/>, is cut short or does not parse.</exception>
    public async ValueTask<T?> ReadAsync<T>(MessageParser<T> parser, int limit, CancellationToken cancellation)
        where T : class, IMessage<T> =>
        await ReadBodyAsync(limit, cancellation) is { } body ? Parse(parser, body.Span) : null;

    /// <summary>
    /// The next answer, or null when the stream ended between frames. The bytes of a <c>chunk</c> or <c>data</c> are those of this reader's buffer, valid until the next read: a copy of
    /// each quarter of a megabyte would cost the collector more than the network costs the kernel.
    /// </summary>
    /// <exception cref="FrameException">The frame is longer than <paramref name="limit"/>, is cut short or does not parse.</exception>
    public async ValueTask<Output?> ReadBorrowingAsync(int limit, CancellationToken cancellation) =>
        await ReadBodyAsync(limit, cancellation) is { } body ? PayloadParser.TryParse(body) ?? Parse(Output.Parser, body.Span) : null;

    /// <summary>What has been read beyond the last frame, for whoever reads on without this reader.</summary>
    public ReadOnlySpan<byte> TakeBuffered()
    {
        var rest = _buffer.AsSpan(_start, _end - _start);
        (_start, _end) = (0, 0);
        return rest;
    }

    /// <summary>A frame's body, valid until the next read.</summary>
    private async ValueTask<ReadOnlyMemory<byte>?> ReadBodyAsync(int limit, CancellationToken cancellation)
    {
        if (!await FillAsync(FrameLimits.HeaderBytes, cancellation)) return null;
        var length = BinaryPrimitives.ReadUInt32LittleEndian(_buffer.AsSpan(_start));
        if (length > limit) throw new FrameException($"A frame of {length} bytes; at most {limit} are taken.");
        _start += FrameLimits.HeaderBytes;
        if (length > 0 && !await FillAsync((int)length, cancellation)) throw new FrameException("The connection ended within a frame.") { Cut = true };
        var body = _buffer.AsMemory(_start, (int)length);
        _start += (int)length;
        return body;
    }

    private static T Parse<T>(MessageParser<T> parser, ReadOnlySpan<byte> body)
        where T : class, IMessage<T>
    {
        try
        {
            return parser.ParseFrom(body);
        }
        catch (InvalidProtocolBufferException failure)
        {
            throw new FrameException("A frame that is no message of this protocol.", failure);
        }
    }

    /// <summary>Waits until that many bytes are there. False when the stream ended before the first of them.</summary>
    private async ValueTask<bool> FillAsync(int wanted, CancellationToken cancellation)
    {
        while (_end - _start < wanted)
        {
            MakeRoom(wanted);
            var read = await source.ReadAsync(_buffer.AsMemory(_end), cancellation);
            if (read == 0) return _end == _start ? false : throw new FrameException("The connection ended within a frame.") { Cut = true };
            _end += read;
        }

        return true;
    }

    private void MakeRoom(int wanted)
    {
        var held = _end - _start;
        if (held == 0 && _buffer.Length > KeptBytes) _buffer = [];

        // The whole buffer for the next read, and not what happens to be left at its end.
        if (held == 0) (_start, _end) = (0, 0);
        if (_buffer.Length == 0) _buffer = new byte[InitialBytes];
        if (_end < _buffer.Length && _buffer.Length - _start >= wanted) return;
        var target = held < _buffer.Length ? _buffer : new byte[Math.Min(_buffer.Length * 2, wanted)];
        Buffer.BlockCopy(_buffer, _start, target, 0, held);
        (_buffer, _start, _end) = (target, 0, held);
    }
}
