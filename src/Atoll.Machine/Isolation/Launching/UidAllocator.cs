using System.Diagnostics.CodeAnalysis;

namespace Atoll.Machine.Isolation.Launching;

/// <summary>
/// Which sandbox has which 65536 user and group ids of the host: no two at one time, so that a sandbox that got out would be a stranger to the others as well.
/// Files on disk do not carry them (the root's mount maps ids), so a range may be used again at once. Threads: any.
/// </summary>
/// <param name="first">The first id of the first range.</param>
/// <param name="count">How many ranges there are.</param>
internal sealed class UidAllocator(uint first, int count)
{
    public const uint Size = 65536;

    private readonly Lock _lock = new();
    private readonly SortedSet<uint> _free = [];
    private readonly HashSet<uint> _taken = [];
    private int _untouched;

    /// <summary>A range that a living sandbox has had since before a restart. One of another setting, outside ours, is nobody else's anyway.</summary>
    public void Reclaim(uint range)
    {
        lock (_lock)
        {
            if (range < first || (range - first) / Size >= count) return;
            while (First(_untouched) <= range) _free.Add(First(_untouched++));
            if (_free.Remove(range)) _taken.Add(range);
        }
    }

    /// <returns>False when all are taken.</returns>
    public bool TryTake([NotNullWhen(true)] out uint? range)
    {
        lock (_lock)
        {
            range = _free.Count > 0 ? _free.Min : _untouched < count ? First(_untouched++) : null;
            if (range is null) return false;
            _free.Remove(range.Value);
            _taken.Add(range.Value);
            return true;
        }
    }

    public void GiveBack(uint range)
    {
        lock (_lock)
        {
            if (_taken.Remove(range)) _free.Add(range);
        }
    }

    private uint First(int number) => first + ((uint)number * Size);
}
