using Atoll.Agent.Native;

namespace Atoll.Agent.Calls;

/// <summary>
/// Gives memory back once nobody has called for ten seconds: hundreds of sandboxes wait on one host, and each agent would keep what its busiest moment took. The next call pays for it
/// with a few dozen page faults. Thread-safe.
/// </summary>
internal sealed class IdleTrim : IDisposable
{
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(10);
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private long _last;
    private int _armed;

    public IdleTrim(TimeProvider time)
    {
        _time = time;
        _timer = time.CreateTimer(_ => Look(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>A call has ended. Costs a clock reading, but for the first after a rest.</summary>
    public void Used()
    {
        Volatile.Write(ref _last, _time.GetTimestamp());
        if (Interlocked.Exchange(ref _armed, 1) == 0) _timer.Change(Quiet, Timeout.InfiniteTimeSpan);
    }

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        var left = Quiet - _time.GetElapsedTime(Volatile.Read(ref _last));
        if (left > TimeSpan.Zero)
        {
            _timer.Change(left, Timeout.InfiniteTimeSpan);
            return;
        }

        // Before the work: a call that ends meanwhile arms it again.
        Volatile.Write(ref _armed, 0);
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        Pages.Trim();
    }
}
