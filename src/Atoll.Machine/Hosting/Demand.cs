namespace Atoll.Machine.Hosting;

/// <summary>
/// How many of a kind were asked for lately: the largest number within any ten seconds of the time that is remembered. A burst that was seen once will find
/// as many ready the next time; one that is long past is forgotten. Not thread-safe: its shelf's lock holds.
/// </summary>
internal sealed class Demand(TimeProvider time, TimeSpan memory)
{
    private static readonly TimeSpan Burst = TimeSpan.FromSeconds(10);
    private readonly Queue<(long Slice, int Count)> _slices = new();
    private readonly long _origin = time.GetTimestamp();
    private long _current = -1;
    private int _count;

    public void Note()
    {
        var slice = Now;
        if (slice != _current)
        {
            if (_count > 0) _slices.Enqueue((_current, _count));
            (_current, _count) = (slice, 0);
        }

        _count++;
    }

    public int Peak
    {
        get
        {
            var oldest = Now - (long)(memory / Burst);
            while (_slices.TryPeek(out var slice) && slice.Slice < oldest) _slices.Dequeue();
            var peak = _current >= oldest ? _count : 0;
            foreach (var slice in _slices) peak = Math.Max(peak, slice.Count);
            return peak;
        }
    }

    private long Now => (long)(time.GetElapsedTime(_origin) / Burst);
}
