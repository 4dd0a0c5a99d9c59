namespace Atoll.Machine.Isolation.Idling;

/// <summary>Whether one sentry sleeps. Threads: any member at any time; a use and a round take turns.</summary>
internal sealed class IdleSentry(SentryTimers timers, TimeSpan slack, TimeProvider time)
{
    /// <summary>Of one core. An idle sentry with exact timers takes up to 4 on a busy host.</summary>
    private const double IdleBelow = 0.05;

    /// <summary>An idle sentry with late timers takes half a percent.</summary>
    private const double BusyAbove = 0.02;

    private readonly Lock _lock = new();
    private TimeSpan? _cpu;
    private long _at;
    private bool _used = true;
    private volatile bool _asleep;
    private int _threads;

    public bool Asleep => _asleep;

    public void Use()
    {
        Volatile.Write(ref _used, true);
        if (!_asleep) return;
        lock (_lock)
        {
            if (_asleep) Wake();
        }
    }

    public void Look()
    {
        lock (_lock)
        {
            if (timers.ReadCpu() is not { } cpu) return;
            var (before, at) = (_cpu, _at);
            (_cpu, _at) = (cpu, time.GetTimestamp());

            // One that was used since the last round is not judged by it.
            if (Interlocked.Exchange(ref _used, false) || before is null) return;
            var share = (cpu - before.Value) / time.GetElapsedTime(at, _at);
            if (_asleep && share > BusyAbove) Wake();
            else if (_asleep ? timers.CountThreads() != _threads : share < IdleBelow) Sleep();
        }
    }

    private void Sleep()
    {
        _asleep = true;
        timers.Set(slack);
        _threads = timers.CountThreads();
    }

    private void Wake()
    {
        timers.Set(SentryTimers.Exact);
        _asleep = false;
    }
}
