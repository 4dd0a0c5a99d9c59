namespace Atoll.Core.Lifetime;

/// <summary>
/// The time of day as this server has counted it since its start: the wall clock then, and what a monotonic clock has counted from there. Setting the host's clock does not
/// move it, so a time limit of an hour lasts an hour, whatever is done to the clock meanwhile. A restart begins anew from the wall clock, which is all that outlives a server.
/// <para>The two clocks part only by jumps: the kernel slews both alike. While the host is suspended this one stands still, as the sandboxes' processes do.</para>
/// </summary>
internal sealed class SteadyClock(TimeProvider time)
{
    private readonly DateTimeOffset _wall = time.GetUtcNow();
    private readonly long _start = time.GetTimestamp();

    public DateTimeOffset Now => _wall + time.GetElapsedTime(_start);
}
