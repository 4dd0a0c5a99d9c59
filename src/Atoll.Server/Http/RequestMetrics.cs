namespace Atoll.Server.Http;

/// <summary>Counts of requests. Labels come from the route table, methods it knows and statuses, so their number is bounded. Threads: any member at any time.</summary>
internal sealed class RequestMetrics
{
    /// <summary>Upper bounds in seconds: from a call answered in memory to a creation that pulls everything cold.</summary>
    public static readonly double[] Bounds = [0.001, 0.005, 0.025, 0.1, 0.25, 1, 5, 30];

    private readonly Lock _gate = new();
    private readonly Dictionary<(string Route, string Method, int Status), Counts> _counts = [];
    private int _inProgress;

    public int InProgress => _inProgress;

    public void Begin() => Interlocked.Increment(ref _inProgress);

    public void End(string route, string method, int status, TimeSpan took)
    {
        Interlocked.Decrement(ref _inProgress);
        lock (_gate)
        {
            if (!_counts.TryGetValue((route, method, status), out var counts)) _counts[(route, method, status)] = counts = new(new long[Bounds.Length], 0, 0);
            var bucket = Array.FindIndex(Bounds, bound => took.TotalSeconds <= bound);
            if (bucket >= 0) counts.Buckets[bucket]++;
            _counts[(route, method, status)] = counts with { Count = counts.Count + 1, Seconds = counts.Seconds + took.TotalSeconds };
        }
    }

    public IReadOnlyList<(string Route, string Method, int Status, Counts Counts)> Read()
    {
        lock (_gate) return [.. _counts.Select(pair => (pair.Key.Route, pair.Key.Method, pair.Key.Status, pair.Value with { Buckets = [.. pair.Value.Buckets] }))];
    }

    /// <param name="Buckets">Requests by the smallest bound they fit, not summed up.</param>
    internal sealed record Counts(long[] Buckets, long Count, double Seconds);
}
