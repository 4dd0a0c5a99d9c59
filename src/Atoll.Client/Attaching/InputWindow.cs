namespace Atoll.Client.Attaching;

/// <summary>
/// Input that was sent but is not yet known to be with the process: kept so that it can be sent again after a broken connection. Bounded; whoever would
/// overfill it waits. Threads: one writer, one acknowledger.
/// </summary>
internal sealed class InputWindow
{
    // Enough to keep a fast connection busy over a round trip, little enough to hold for each client.
    private const int LargestBytes = 1024 * 1024;

    private readonly Lock _lock = new();
    private readonly Queue<(long Offset, byte[] Bytes)> _sent = new();
    private long _acknowledged;
    private long _end;
    private bool _refused;
    private TaskCompletionSource? _room;

    /// <summary>Input ends here.</summary>
    public bool Ended { get; private set; }

    /// <summary>Where the stdin of the process stands when this client comes to it.</summary>
    public void StartAt(long offset)
    {
        lock (_lock) _acknowledged = _end = offset;
    }

    /// <summary>Waits for room, then keeps the bytes. Null when the process takes no more input.</summary>
    public async ValueTask<(long Offset, byte[] Bytes)?> AddAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        while (true)
        {
            Task room;
            lock (_lock)
            {
                if (_refused) return null;
                if (_end - _acknowledged + bytes.Length <= LargestBytes || _sent.Count == 0)
                {
                    var entry = (_end, bytes.ToArray());
                    _sent.Enqueue(entry);
                    _end += bytes.Length;
                    return entry;
                }

                room = (_room ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }

            await room.WaitAsync(cancellation);
        }
    }

    public void End()
    {
        lock (_lock) Ended = true;
    }

    public void Acknowledge(long offset)
    {
        lock (_lock)
        {
            _acknowledged = Math.Max(_acknowledged, offset);
            while (_sent.TryPeek(out var first) && first.Offset + first.Bytes.Length <= _acknowledged) _sent.Dequeue();
            MakeRoom();
        }
    }

    /// <summary>The process has closed its stdin or ended: what is kept is of no use.</summary>
    public void Refuse()
    {
        lock (_lock)
        {
            _refused = true;
            _sent.Clear();
            MakeRoom();
        }
    }

    /// <summary>What to send again, in order.</summary>
    public (long Offset, byte[] Bytes)[] Unacknowledged()
    {
        lock (_lock) return [.. _sent];
    }

    private void MakeRoom()
    {
        _room?.TrySetResult();
        _room = null;
    }
}
