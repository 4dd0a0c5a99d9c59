using Atoll.Core.Faults;

namespace Atoll.Core.Teams.Registry;

/// <summary>
/// The grant of each key that is in use: one for all that it has open, and the same one when the key is read again after a change that takes nothing from it. It holds no more than there are keys.
/// Thread-safe.
/// </summary>
internal sealed class KeyGrants(TimeProvider time) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, (KeyHolder Caller, Grant Grant)> _held = [];

    /// <param name="caller">The key as it was just read.</param>
    public KeyHolder With(KeyHolder caller)
    {
        lock (_lock)
        {
            var grant = _held.TryGetValue(caller.KeyId, out var held) ? held.Grant : caller.ExpiresAt is { } end ? new(end, KeyFaults.Expired(caller), time) : new();
            caller = caller with { Grant = grant };
            _held[caller.KeyId] = (caller, grant);
            return caller;
        }
    }

    /// <summary>Ends what those keys have open; the next who comes with one of them has a grant of his own.</summary>
    public void End(Predicate<KeyHolder> whose, Fault reason)
    {
        List<Grant> ending = [];
        lock (_lock)
        {
            foreach (var (key, (caller, grant)) in _held)
            {
                if (!whose(caller)) continue;
                _held.Remove(key);
                ending.Add(grant);
            }
        }

        foreach (var grant in ending) grant.End(reason);
    }

    public void Dispose()
    {
        lock (_lock)
        {
            foreach (var (_, (_, grant)) in _held) grant.Dispose();
        }
    }
}
