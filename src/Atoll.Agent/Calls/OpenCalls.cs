using System.Collections.Concurrent;

namespace Atoll.Agent.Calls;

/// <summary>The calls that are under way. Thread-safe.</summary>
internal sealed class OpenCalls
{
    private readonly ConcurrentDictionary<CallContext, bool> _open = new();

    public void Add(CallContext call) => _open[call] = true;

    public void Remove(CallContext call) => _open.TryRemove(call, out _);

    /// <summary>
    /// After a restore: the connections of all but this one are those of a sandbox that is gone. They are not waited for to say so: a kernel's own table of what is watched need not
    /// have outlived the restore with them.
    /// </summary>
    public void HangUpAllBut(CallContext call)
    {
        foreach (var (other, _) in _open)
        {
            if (other != call) other.HangUp();
        }
    }
}
