namespace Atoll.Core.Sandboxes.Living;

/// <summary>
/// Who uses a sandbox, and since when nobody has. Counted on a monotonic clock, so that a jump of the wall clock neither ends nor keeps a sandbox.
/// <para>Threads: <see cref="Enter"/> and <see cref="Leave"/> from any; the probe belongs to the sandbox's grain.</para>
/// </summary>
internal sealed class SandboxActivity(TimeProvider time)
{
    private int _users;
    private long _last = time.GetTimestamp();

    public int Users => Volatile.Read(ref _users);

    /// <summary>Changes with every use: equal before and after means that nobody came between.</summary>
    public long Mark => Volatile.Read(ref _last);

    /// <summary>Zero while somebody uses it.</summary>
    public TimeSpan Quiet => Users > 0 ? TimeSpan.Zero : time.GetElapsedTime(Mark);

    /// <summary>How it was found when it last fell quiet.</summary>
    public IdleProbe? Probe { get; set; }

    public void Enter()
    {
        Interlocked.Increment(ref _users);
        Touch();
    }

    public void Leave()
    {
        // First the time, then the count: in between it looks used, never long quiet.
        Touch();
        Interlocked.Decrement(ref _users);
    }

    public void Touch() => Volatile.Write(ref _last, time.GetTimestamp());
}
