namespace Atoll.Core.Sandboxes.Living;

/// <summary>The newest 10,000 ends, so that work in a dead sandbox is refused with its reason from memory. An end is about 200 bytes here.</summary>
internal sealed class RecentEnds
{
    private const int Kept = 10_000;
    private readonly Lock _lock = new();
    private readonly Dictionary<SandboxId, RecentEnd> _ends = [];
    private readonly Queue<SandboxId> _order = new();

    public void Add(Sandbox ended)
    {
        lock (_lock)
        {
            if (!_ends.TryAdd(ended.Id, new(ended.Team, ended.Reason, ended.ReasonDetail))) return;
            _order.Enqueue(ended.Id);
            if (_order.Count > Kept) _ends.Remove(_order.Dequeue());
        }
    }

    public RecentEnd? Find(SandboxId id)
    {
        lock (_lock) return _ends.GetValueOrDefault(id);
    }
}
