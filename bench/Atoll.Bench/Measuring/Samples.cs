using System.Diagnostics;

namespace Atoll.Bench.Measuring;

/// <summary>What one thing took, each time. Threads: any member at any time.</summary>
internal sealed class Samples
{
    private const int ReasonsKept = 3;
    private readonly Lock _lock = new();
    private readonly List<double> _values = [];
    private readonly List<string> _reasons = [];
    private int _failures;

    public int Count
    {
        get
        {
            lock (_lock) return _values.Count;
        }
    }

    public int Failures
    {
        get
        {
            lock (_lock) return _failures;
        }
    }

    /// <summary>The first few, in the failures' own words.</summary>
    public IReadOnlyList<string> Reasons
    {
        get
        {
            lock (_lock) return [.. _reasons];
        }
    }

    public double P50 => Percentile(50);

    public double P99 => Percentile(99);

    public double Min => Percentile(0);

    public double Max => Percentile(100);

    public void Add(double value)
    {
        lock (_lock) _values.Add(value);
    }

    /// <summary>Milliseconds since a <see cref="Stopwatch.GetTimestamp"/>.</summary>
    public void AddSince(long started) => Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);

    public void Fail(string reason)
    {
        lock (_lock)
        {
            _failures++;
            if (_reasons.Count < ReasonsKept) _reasons.Add(reason);
        }
    }

    /// <summary>Measures one run of <paramref name="work"/>; one that throws is a failure and no figure.</summary>
    public async Task TimeAsync(Func<Task> work)
    {
        var started = Stopwatch.GetTimestamp();
        try
        {
            await work();
            AddSince(started);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            Fail(failure.Message);
        }
    }

    /// <summary>The smallest value that at least so many per cent do not exceed (nearest rank); 0 to 100. NaN when there is none.</summary>
    public double Percentile(double percent)
    {
        lock (_lock)
        {
            if (_values.Count == 0) return double.NaN;
            var sorted = _values.Order().ToArray();
            return sorted[Math.Clamp((int)Math.Ceiling(percent / 100 * sorted.Length) - 1, 0, sorted.Length - 1)];
        }
    }
}
