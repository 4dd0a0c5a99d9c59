namespace Atoll.Server.Http.Access;

/// <summary>So many failures a minute and at once, filled up evenly. The framework's bucket is none for this: it lets pass whoever asks whether anything is left, while a fraction of one is. Thread-safe.</summary>
internal sealed class FailureBucket(int perMinute)
{
    private readonly Lock _lock = new();
    private double _left = perMinute;
    private TimeSpan _at;

    /// <summary>Takes one; false, and how long until there is one, when none is left.</summary>
    /// <param name="now">By a clock that only goes forward.</param>
    /// <param name="wait">Zero when one was taken.</param>
    public bool TryTake(TimeSpan now, out TimeSpan wait)
    {
        lock (_lock)
        {
            _left = Math.Min(perMinute, _left + (Math.Max(0, (now - _at).TotalMinutes) * perMinute));
            _at = now;
            var taken = _left >= 1;
            if (taken) _left--;
            wait = taken ? TimeSpan.Zero : TimeSpan.FromMinutes((1 - _left) / perMinute);
            return taken;
        }
    }
}
