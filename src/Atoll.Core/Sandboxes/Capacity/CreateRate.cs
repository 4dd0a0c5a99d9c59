namespace Atoll.Core.Sandboxes.Capacity;

/// <summary>A token bucket of creations: as many as a minute allows at once, then one as each share of the minute passes. One thread at a time: its account's lock.</summary>
internal sealed class CreateRate(TimeProvider time)
{
    private const double Minute = 60;
    private int _perMinute;
    private double _left;
    private long _since = time.GetTimestamp();

    /// <param name="perMinute">0: any number.</param>
    public void Set(int perMinute)
    {
        Refill();
        _left = _perMinute == 0 ? perMinute : Math.Min(_left, perMinute);
        _perMinute = perMinute;
    }

    /// <param name="seconds">Whole seconds until the next may be taken.</param>
    public bool TryTake(out int seconds)
    {
        seconds = 0;
        if (_perMinute == 0) return true;
        Refill();
        if (_left < 1)
        {
            seconds = Math.Max(1, (int)Math.Ceiling((1 - _left) * Minute / _perMinute));
            return false;
        }

        _left--;
        return true;
    }

    public void Return() => _left = Math.Min(_left + 1, _perMinute);

    private void Refill()
    {
        var now = time.GetTimestamp();
        _left = Math.Min(_perMinute, _left + (time.GetElapsedTime(_since, now).TotalSeconds * _perMinute / Minute));
        _since = now;
    }
}
