using System.Collections.Concurrent;
using Atoll.Core.Sandboxes;

namespace Atoll.Machine.Isolation.Watching;

/// <summary>
/// How often the memory limits of living sandboxes have killed something, as far as is known, and when last: a sandbox that has outlived a kill and ends later has not ended by it. Of one that nobody has told
/// about, each kill may be why it ended. Thread-safe.
/// </summary>
internal sealed class ToldKills(TimeProvider time)
{
    /// <summary>How long after a kill an end is put down to it: to give back what a large sandbox had takes seconds on a loaded host.</summary>
    internal static readonly TimeSpan Around = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<SandboxId, Told> _told = new();

    /// <summary>What is counted so far was long ago, or is told already.</summary>
    public void Begin(SandboxId id, long kills) => _told.TryAdd(id, new(kills, null));

    /// <returns>Whether there are more than were told.</returns>
    public bool Note(SandboxId id, long kills)
    {
        while (_told.TryGetValue(id, out var told) && kills > told.Kills)
        {
            if (_told.TryUpdate(id, new(kills, time.GetTimestamp()), told)) return true;
        }

        return false;
    }

    /// <summary>Whether a sandbox that ended just now may have ended by a kill.</summary>
    /// <param name="id">Of the sandbox.</param>
    /// <param name="kills">As they are counted at its end.</param>
    public bool MayHaveEnded(SandboxId id, long kills) =>
        kills > 0 && (!_told.TryGetValue(id, out var told) || kills > told.Kills || (told.Last is { } last && time.GetElapsedTime(last) < Around));

    public void Forget(SandboxId id) => _told.TryRemove(id, out _);

    private sealed record Told(long Kills, long? Last);
}
