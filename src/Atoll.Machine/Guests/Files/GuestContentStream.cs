using Atoll.Agent.Protocol.Client;
using Atoll.Agent.Protocol.Wire;
using Atoll.Core.Faults;

namespace Atoll.Machine.Guests.Files;

/// <summary>
/// Bytes that an agent sends: as many as it promised (a file), or until it says that it is done (an archive). One that sends more, or breaks off earlier, is an
/// <see cref="IOException"/>: what was read then is not the whole. Owns the connection.
/// </summary>
/// <param name="reopen">Goes on after that many bytes by another connection when this one breaks; null where nothing can.</param>
internal sealed class GuestContentStream(AgentConnection connection, Func<long, CancellationToken, Task<Result<AgentConnection>>>? reopen) : Stream
{
    private AgentConnection _connection = connection;
    private long _read;
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
        await _connection.DisposeAsync();
        await base.DisposeAsync();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) _connection.DisposeAsync().AsTask().GetAwaiter().GetResult();
        base.Dispose(disposing);
    }

    private async ValueTask FillAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var heard = await GuestCalls.HearAsync(_connection, FaultStage.File, cancellation);
            if (heard.Fault is { } fault) throw new GuestStreamException(fault);
            if (heard.Broken && _left != 0)
            {
                await GoOnAsync(cancellation);
                continue;
            }

            switch (heard.Output?.KindCase)
            {
                case Output.KindOneofCase.Data when _left is null || heard.Output.Data.Length <= _left:
                    _frame = heard.Output.Data.Memory;
                    _left -= _frame.Length;
                    _read += _frame.Length;
                    return;
                case Output.KindOneofCase.Done when _left is null:
                case null when _left == 0:
                    _ended = true;
                    return;
                default:
                    throw new GuestStreamException(GuestFaults.Unexpected(FaultStage.File));
            }
        }
    }

    private async Task GoOnAsync(CancellationToken cancellation)
    {
        await _connection.DisposeAsync();
        if (reopen is null) throw new GuestStreamException(GuestFaults.ListInterrupted);
        var again = await reopen(_read, cancellation);
        _connection = again.TryGet(out var opened, out var fault) ? opened : throw new GuestStreamException(fault);
    }
}
