namespace Atoll.Core.Sandboxes.Living;

/// <summary>The newest samples of one sandbox, at most an hour's. About 80 bytes a sample: 56 KiB for a sandbox that has lived an hour. Threads: any.</summary>
internal sealed class UsageRing(int capacity)
{
    private readonly Lock _lock = new();
    private readonly Queue<SandboxUsage> _samples = new();

    public static int CapacityFor(SandboxOptions options) => (int)Math.Clamp(3600 / options.UsageIntervalSeconds, 1, 720);

    public bool IsEmpty
    {
        get
        {
            lock (_lock) return _samples.Count == 0;
        }
    }

    public void Add(SandboxUsage sample)
    {
        lock (_lock)
        {
            if (_samples.Count == capacity) _samples.Dequeue();
            _samples.Enqueue(sample);
        }
    }

    /// <summary>One that sleeps for long keeps no samples.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _samples.Clear();
            _samples.TrimExcess();
        }
    }

    public IReadOnlyList<SandboxUsage> Between(DateTimeOffset? start, DateTimeOffset? end)
    {
        lock (_lock) return [.. _samples.Where(x => (start is null || x.At >= start) && (end is null || x.At <= end))];
    }
}
