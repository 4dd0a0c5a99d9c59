using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;
using Atoll.Core.Teams;

namespace Atoll.Core.Checkpoints;

/// <summary>
/// Saved moments of sandboxes as callers see them.
/// <para>Vocabulary. A checkpoint's <i>parent</i> is the one that its sandbox was at before: checkpoints form a tree, as commits do. <i>Restoring</i> puts a living sandbox back to one, in place.
/// <i>Forking</i> makes new sandboxes from one, each with an id, address, hostname, machine-id and limits of its own. A checkpoint outlives its sandbox; deleting one leaves those after it as they are.</para>
/// <para>A checkpoint is addressed by id, always within the caller's team; where a sandbox is named too, also by the name it has among that sandbox's.</para>
/// <para>Crash. What a call returned is there. What a dying server had begun is completed or undone by the next one: a checkpoint or a deletion is there or not, a restore is completed (or, when it
/// had not begun to take anything apart, may be undone), a fork that was not answered leaves no sandbox.</para>
/// <para>Threads: any member at any time. What changes a sandbox goes through its grain.</para>
/// </summary>
public interface ICheckpoints
{
    /// <summary>
    /// Saves a running sandbox, which goes on. Its disk: its processes stand still for some milliseconds, and if nothing has changed since its parent, that one's disk stands for both. With memory: they
    /// stand still until that is written.
    /// </summary>
    Task<Result<Checkpoint>> CreateAsync(TeamId team, string sandbox, CheckpointRequest request, CancellationToken cancellation);

    Task<Result<Checkpoint>> GetAsync(TeamId team, string checkpoint, CancellationToken cancellation);

    /// <summary>Newest first.</summary>
    /// <param name="sandbox">Only this one's, living or ended, by id (a living one also by name); null for all of the team's.</param>
    Task<Result<Page<Checkpoint>>> ListAsync(TeamId team, string? sandbox, int limit, string? cursor, CancellationToken cancellation);

    /// <summary>Deletes it. Those after it stay restorable; sandboxes made from it go on.</summary>
    Task<Result<Done>> DeleteAsync(TeamId team, string checkpoint, CancellationToken cancellation);

    /// <summary>What differs between a checkpoint and another, or a living sandbox as it is now.</summary>
    /// <param name="to">A checkpoint's id, or a living sandbox's id or name; null for the sandbox that it was made of.</param>
    /// <param name="limit">The most paths to name; null for the most there may be (an option).</param>
    Task<Result<CheckpointDiff>> DiffAsync(TeamId team, string from, string? to, int? limit, CancellationToken cancellation);

    /// <summary>
    /// Puts a running sandbox back to a checkpoint of the same isolation: its processes end, its disk is replaced, and it runs again with the same id, address and name when this returns. From a full
    /// one its processes and memory are back as they were.
    /// </summary>
    Task<Result<Sandbox>> RestoreAsync(TeamId team, string sandbox, string checkpoint, CancellationToken cancellation);

    /// <summary>Makes new sandboxes from a checkpoint: of a full one with its memory and processes, unless its disk alone is asked for.</summary>
    Task<Result<Forked>> ForkAsync(TeamId team, string checkpoint, ForkRequest request, CancellationToken cancellation);

    /// <summary>Makes a checkpoint of a running sandbox, and new sandboxes from that: all of one instant. The checkpoint stays.</summary>
    Task<Result<Forked>> ForkSandboxAsync(TeamId team, string sandbox, ForkRequest request, CancellationToken cancellation);
}
