namespace Atoll.Core.Checkpoints.Moving;

/// <summary>
/// Who works with which places of the store (<see cref="ExportKeys.Layer"/>, <see cref="ExportKeys.Memory"/>): an export or archive <i>holds</i> what it stands on from before it looks until its manifest
/// is there, and a place that is held is not removed. Whoever wants one that is being removed waits. What other servers store is theirs: no two have a disk in common. Threads: any.
/// </summary>
internal sealed class PlaceClaims
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _held = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TaskCompletionSource> _leaving = new(StringComparer.Ordinal);

    /// <summary>Holds nothing yet. The caller disposes it.</summary>
    public PlaceHold Begin() => new(this);

    public async Task TakeAsync(string place, CancellationToken cancellation)
    {
        while (true)
        {
            Task gone;
            lock (_lock)
            {
                if (!_leaving.TryGetValue(place, out var leaving))
                {
                    _held[place] = _held.GetValueOrDefault(place) + 1;
                    return;
                }

                gone = leaving.Task;
            }

            await gone.WaitAsync(cancellation);
        }
    }

    public void GiveBack(IEnumerable<string> places)
    {
        lock (_lock)
        {
            foreach (var place in places)
            {
                if (--_held[place] == 0) _held.Remove(place);
            }
        }
    }

    /// <summary>False while somebody holds it, or removes it already; then nothing has changed.</summary>
    public bool TryRemove(string place)
    {
        lock (_lock) return !_held.ContainsKey(place) && _leaving.TryAdd(place, new(TaskCreationOptions.RunContinuationsAsynchronously));
    }

    public void EndRemoval(string place)
    {
        lock (_lock)
        {
            if (_leaving.Remove(place, out var leaving)) leaving.SetResult();
        }
    }
}
