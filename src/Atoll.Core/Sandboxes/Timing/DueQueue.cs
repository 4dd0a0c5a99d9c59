namespace Atoll.Core.Sandboxes.Timing;

/// <summary>
/// Which sandbox is to be looked at when. One place in time for each: setting it anew replaces it. An entry that was replaced stays in the heap until it comes up or
/// the heap is more than twice too large, so that both setting and taking cost the logarithm of the number of sandboxes. Threads: any.
/// </summary>
internal sealed class DueQueue
{
    private const int Slack = 64;
    private readonly Lock _lock = new();
    private readonly Dictionary<SandboxId, DateTimeOffset> _due = [];
    private readonly PriorityQueue<SandboxId, DateTimeOffset> _heap = new();

    /// <summary>Returns whether it is now the first of all, so that whoever waits must wait less.</summary>
    public bool Set(SandboxId id, DateTimeOffset? due)
    {
        lock (_lock)
        {
            if (due is not { } at)
            {
                _due.Remove(id);
                return false;
            }

            _due[id] = at;
            _heap.Enqueue(id, at);
            if (_heap.Count > (2 * _due.Count) + Slack) Rebuild();
            return _heap.Peek() == id;
        }
    }

    public IReadOnlyList<SandboxId> TakeDue(DateTimeOffset now)
    {
        lock (_lock)
        {
            List<SandboxId> due = [];
            while (_heap.TryPeek(out var id, out var at) && at <= now)
            {
                _heap.Dequeue();
                if (_due.TryGetValue(id, out var current) && current == at && _due.Remove(id)) due.Add(id);
            }

            return due;
        }
    }

    public DateTimeOffset? Next
    {
        get
        {
            lock (_lock) return _heap.TryPeek(out _, out var at) ? at : null;
        }
    }

    private void Rebuild()
    {
        _heap.Clear();
        foreach (var (id, at) in _due) _heap.Enqueue(id, at);
    }
}
