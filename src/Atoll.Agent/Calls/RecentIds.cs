namespace Atoll.Agent.Calls;

/// <summary>The newest ids of calls that are over, 8 bytes each. Ids grow, so that of an older one it is known that it may have been here. Not thread-safe.</summary>
internal sealed class RecentIds(int most)
{
    private ulong[] _ids = new ulong[16];
    private long _count;
    private ulong _forgotten;

    public void Add(ulong id)
    {
        var at = (int)(_count++ % most);
        if (at == _ids.Length) Array.Resize(ref _ids, Math.Min(most, _ids.Length * 4));
        if (_count > most) _forgotten = Math.Max(_forgotten, _ids[at]);
        _ids[at] = id;
    }

    /// <summary>False for an id that was certainly never added.</summary>
    public bool MayHold(ulong id) => id <= _forgotten || _ids.AsSpan(0, (int)Math.Min(_count, _ids.Length)).Contains(id);
}
