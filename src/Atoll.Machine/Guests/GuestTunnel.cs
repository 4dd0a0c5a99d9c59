using Atoll.Agent.Protocol.Client;
using Atoll.Agent.Protocol.Framing;
using Wire = Atoll.Agent.Protocol.Wire;

namespace Atoll.Machine.Guests;

/// <summary>A connection to a port inside, carried by the agent. One reader and one writer at a time, asynchronous only. Its seat goes back when it is disposed.</summary>
internal sealed class GuestTunnel(AgentConnection connection, StreamSeat seat) : Stream
{
    /// <summary>What the agent keeps of one piece while the program does not read.</summary>
    private const int PieceBytes = 32 * 1024;

    /// <summary>Enough for the head of a request, which is all that most of them send.</summary>
    private const int FirstBytes = 4 * 1024;

    private PayloadFrame _frame = new(FirstBytes);
    private ReadOnlyMemory<byte> _left;
    private bool _ended;
    private int _disposed;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <exception cref="IOException">The connection broke before the program closed it.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty || _ended) return 0;
        while (_left.IsEmpty)
        {
            var answer = await connection.ReadAsync(cancellationToken) ?? throw new IOException("The connection into the sandbox broke.");
            if (answer.KindCase is Wire.Output.KindOneofCase.Done)
            {
                _ended = true;
                return 0;
            }

            if (answer.KindCase is not Wire.Output.KindOneofCase.Data) throw new IOException("The sandbox's agent gave an answer that does not belong to a tunnel.");
            _left = answer.Data.Memory;
        }

        var count = Math.Min(buffer.Length, _left.Length);
        _left[..count].CopyTo(buffer);
        _left = _left[count..];
        return count;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        for (var left = buffer; !left.IsEmpty;)
        {
            if (left.Length > _frame.Payload.Length && _frame.Payload.Length < PieceBytes) _frame = new(PieceBytes);
            var part = left[..Math.Min(left.Length, _frame.Payload.Length)];
            part.CopyTo(_frame.Payload);
            await connection.SendFrameAsync(_frame.SealInputData(part.Length), cancellationToken);
            left = left[part.Length..];
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Only asynchronous reads.");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("Only asynchronous writes.");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing && Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            connection.Dispose();
            seat.Dispose();
        }

        base.Dispose(disposing);
    }
}
