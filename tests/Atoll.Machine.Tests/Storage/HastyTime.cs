namespace Atoll.Machine.Tests.Storage;

/// <summary>The system's, but its timers come 20 ms too early.</summary>
internal sealed class HastyTime : TimeProvider
{
    private static readonly TimeSpan Haste = TimeSpan.FromMilliseconds(20);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => new Timer(base.CreateTimer(callback, state, Hastened(dueTime), period));

    private static TimeSpan Hastened(TimeSpan due) => due > Haste ? due - Haste : due;

    private sealed class Timer(ITimer timer) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(Hastened(dueTime), period);

        public void Dispose() => timer.Dispose();

        public ValueTask DisposeAsync() => timer.DisposeAsync();
    }
}
