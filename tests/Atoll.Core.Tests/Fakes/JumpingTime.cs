using Microsoft.Extensions.Time.Testing;

namespace Atoll.Core.Tests.Fakes;

/// <summary>A host's clocks: the wall clock may be set to another time, which moves neither the monotonic clock nor timers, as setting it on a real host does not.</summary>
internal sealed class JumpingTime(FakeTimeProvider clock) : TimeProvider
{
    /// <summary>How far the wall clock has been set off.</summary>
    public TimeSpan Jump { get; set; }

    public override long TimestampFrequency => clock.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => clock.GetUtcNow() + Jump;

    public override long GetTimestamp() => clock.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => clock.CreateTimer(callback, state, dueTime, period);
}
