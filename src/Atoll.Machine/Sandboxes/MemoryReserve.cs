namespace Atoll.Machine.Sandboxes;

/// <summary>What of the host's memory sandboxes may have beyond their limits for a moment, all together: who fills many at once must not fill the host. Thread-safe.</summary>
internal sealed class MemoryReserve
{
    /// <summary>Twice what one gets: the usual case is one.</summary>
    internal const long Most = 1L << 30;

    private long _taken;

    /// <summary>False: others have it. Then what comes to its limit waits there.</summary>
    public bool TryTake(long bytes)
    {
        if (Interlocked.Add(ref _taken, bytes) <= Most) return true;
        Interlocked.Add(ref _taken, -bytes);
        return false;
    }

    public void GiveBack(long bytes) => Interlocked.Add(ref _taken, -bytes);
}
