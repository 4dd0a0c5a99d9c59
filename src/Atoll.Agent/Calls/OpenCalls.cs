using System.Collections.Concurrent;

namespace Atoll.Agent.Calls;

/// <summary>The calls that are under way. Thread-safe.</summary>
internal sealed class OpenCalls
{
    private readonly ConcurrentDictionary<CallContext, bool> _open = new();

    public int Count => _open.Count;

    public void Add(CallContext call) => _open[call] = true;

    public void Remove(CallContext call) => _open.TryRemove(call, out _);

    /// <summary>
    /// As if the host had closed them. Before a save, because their connections would not outlive it; after a restore, because those of all others are those of a sandbox that is gone.
    /// </summary>
    public void HangUpAllBut(CallContext call)
    {
        foreach (var (other, _) in _open)
        {
            if (other != call) other.HangUp();
        }
    }
}
