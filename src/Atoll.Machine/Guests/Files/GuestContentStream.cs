using Atoll.Agent.Protocol.Client;
using Atoll.Agent.Protocol.Wire;
using Atoll.Core.Faults;

namespace Atoll.Machine.Guests.Files;

/// <summary>
/// Bytes that an agent sends: as many as it promised (a file), or until it says that it is done (an archive). One that sends more, or breaks off earlier, is an
/// <see cref="IOException"/>: what was read then is not the whole. Owns the connection.
/// </summary>
internal sealed class GuestContentStream(AgentConnection connection) : Stream
{
    private long? _left;
    private ReadOnlyMemory<byte> _frame;
    private bool _ended;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Exactly this many bytes will come.</summary>
    public void Promise(long length) => _left = length;

    /// <summary>Awaits the first bytes, so that a call that fails at its start is a fault and not a broken stream.</summary>
    public async Task<Fault?> BeginAsync(CancellationToken cancellation)
    {
        try
        {
            await FillAsync(cancellation);
            return null;
        }
        catch (GuestStreamException failure)
        {
            return failure.Fault;
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty) return 0;
        while (_frame.IsEmpty && !_ended) await FillAsync(cancellationToken);
        var count = Math.Min(buffer.Length, _frame.Length);
        _frame[..count].CopyTo(buffer);
        _frame = _frame[count..];
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Read asynchronously.");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override async ValueTask DisposeAsync()
    {
        await connection.DisposeAsync();
        await base.DisposeAsync();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) connection.DisposeAsync().AsTask().GetAwaiter().GetResult();
        base.Dispose(disposing);
    }

    private async ValueTask FillAsync(CancellationToken cancellation)
    {
        Output? output;
        try
        {
            output = await connection.ReadAsync(cancellation);
        }
        catch (AgentConnectionException failure)
        {
            throw new GuestStreamException(GuestFaults.Broken(FaultStage.File), failure);
        }

        switch (output?.KindCase)
        {
            case Output.KindOneofCase.Data when _left is null || output.Data.Length <= _left:
                _frame = output.Data.Memory;
                _left -= _frame.Length;
                return;
            case Output.KindOneofCase.Failure:
                throw new GuestStreamException(GuestFaults.From(output.Failure, FaultStage.File));
            case Output.KindOneofCase.Done when _left is null:
            case null when _left == 0:
                _ended = true;
                return;
            case null:
                throw new GuestStreamException(GuestFaults.Broken(FaultStage.File));
            default:
                throw new GuestStreamException(GuestFaults.Unexpected(FaultStage.File));
        }
    }
}
