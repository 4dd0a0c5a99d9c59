using Atoll.Core.Faults;

namespace Atoll.Core.Teams;

/// <summary>
/// What lets somebody in, an API key or a port's exposure, for as long as it holds. Whatever stays open because of it watches <see cref="Ended"/> and tells its client
/// <see cref="Reason"/>: a terminal must not outlive the key that opened it.
/// <para>It ends once: when it is taken back, or by itself at its time. Threads: any member at any time.</para>
/// </summary>
public sealed class Grant : IDisposable
{
    // The longest that a timer takes is 49 days.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(30);
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);
    private readonly CancellationTokenSource? _over;
    private readonly DateTimeOffset _until;
    private readonly Fault? _expired;
    private readonly TimeProvider? _time;
    private readonly ITimer? _timer;
    private Fault? _reason;

    public Grant() => _over = new();

    /// <param name="until">When it ends by itself.</param>
    /// <param name="expired">What its client is told then.</param>
    /// <param name="time">Whose clock that is.</param>
    public Grant(DateTimeOffset until, Fault expired, TimeProvider time)
        : this()
    {
        (_until, _expired, _time) = (until, expired, time);
        _timer = time.CreateTimer(_ => Look(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Look();
    }

    private Grant(CancellationTokenSource? over) => _over = over;

    /// <summary>One that never ends.</summary>
    public static Grant Lasting { get; } = new(over: null);

    public bool CanEnd => _over is not null;

    public CancellationToken Ended => _over?.Token ?? CancellationToken.None;

    /// <summary>Why it has ended; null while it holds.</summary>
    public Fault? Reason => Volatile.Read(ref _reason);

    /// <summary>Returns at once: those who watch are told by other threads.</summary>
    public void End(Fault reason)
    {
        if (_over is null || Interlocked.CompareExchange(ref _reason, reason, null) is not null) return;
        _timer?.Dispose();
        _ = _over.CancelAsync();
    }

    /// <summary>Frees its timer: nobody watches it any more. Its token needs no freeing, and may still be looked at.</summary>
    public void Dispose() => _timer?.Dispose();

    // The timer counts time that passes, and the end is a time of the clock.
    private void Look()
    {
        var left = _until - _time!.GetUtcNow();
        if (left <= TimeSpan.Zero) End(_expired!);
        else _timer!.Change(left > Longest ? Longest : left < Shortest ? Shortest : left, Timeout.InfiniteTimeSpan);
    }
}
