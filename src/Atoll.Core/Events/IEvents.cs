using Atoll.Core.Sandboxes;
using Atoll.Core.Teams;

namespace Atoll.Core.Events;

/// <summary>What happened, in order, kept for a bounded time (an option, 30 days by default). Threads: any member at any time.</summary>
public interface IEvents
{
    /// <summary>Events after a sequence number (0: from the oldest kept), oldest first; of one sandbox, or of the whole team.</summary>
    Task<IReadOnlyList<SandboxEvent>> ListAsync(TeamId team, SandboxId? sandbox, long after, int limit, CancellationToken cancellation);

    /// <summary>The same, then new ones as they happen, none missing and none twice, until cancelled.</summary>
    IAsyncEnumerable<SandboxEvent> FollowAsync(TeamId team, SandboxId? sandbox, long after, CancellationToken cancellation);
}
