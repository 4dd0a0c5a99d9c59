using System.Threading.Channels;

namespace Atoll.Machine.Warm;

/// <summary>
/// Tells the refiller that something has changed, and keeps it off while creates are served: a cold start under way has the machine to itself, and so has a burst of claims.
/// Threads: any member at any time; one waits.
/// </summary>
internal sealed class RefillSignal(TimeProvider time)
{
    private readonly Channel<bool> _changed = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private int _coldStarts;
    private long _lastUse;

    /// <summary>Since a create came last.</summary>
    public TimeSpan Quiet => time.GetElapsedTime(Volatile.Read(ref _lastUse));

    public bool ColdStartUnderWay => Volatile.Read(ref _coldStarts) > 0;

    public void Used()
    {
        Volatile.Write(ref _lastUse, time.GetTimestamp());
        Changed();
    }

    public void Changed() => _changed.Writer.TryWrite(true);

    public void BeginColdStart() => Interlocked.Increment(ref _coldStarts);

    public void EndColdStart()
    {
        Interlocked.Decrement(ref _coldStarts);
        Changed();
    }

    /// <summary>Returns when something has changed since the last wait.</summary>
    public async Task WaitAsync(CancellationToken cancellation) => await _changed.Reader.ReadAsync(cancellation);
}
