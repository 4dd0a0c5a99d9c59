using Atoll.Core.Sandboxes;

namespace Atoll.Core.Code.Running;

/// <summary>
/// Default contexts whose interpreters ended with their sandbox's processes, by sandbox, until it is known which of them came back with its memory. The newest 10,000 sandboxes: of one that
/// sleeps longer than that, or over a restart of the server, nobody is told that its state was lost. Threads: any.
/// </summary>
internal sealed class LostContexts
{
    private const int Kept = 10_000;
    private readonly Lock _lock = new();
    private readonly Dictionary<SandboxId, IReadOnlyList<ContextTag>> _lost = [];
    private readonly Queue<SandboxId> _order = new();

    public void Add(SandboxId sandbox, IReadOnlyList<ContextTag> contexts)
    {
        if (contexts.Count == 0) return;
        lock (_lock)
        {
            _lost[sandbox] = contexts;
            _order.Enqueue(sandbox);
            if (_order.Count > Kept) _lost.Remove(_order.Dequeue());
        }
    }

    public IReadOnlyList<ContextTag> Take(SandboxId sandbox)
    {
        lock (_lock) return _lost.Remove(sandbox, out var contexts) ? contexts : [];
    }
}
