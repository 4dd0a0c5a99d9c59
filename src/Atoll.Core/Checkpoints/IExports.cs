using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;
using Atoll.Core.Teams;

namespace Atoll.Core.Checkpoints;

/// <summary>
/// What a team has in the object store: the exports that it made on this server, until it deletes them. They outlive their checkpoints.
/// <para>Crash. An export that a call said is deleted can be imported nowhere. Its parts are freed by the next server where this one dies, and where others need some of them these stay.</para>
/// <para>Threads: any member at any time.</para>
/// </summary>
public interface IExports
{
    /// <summary>Newest first.</summary>
    Task<Result<Page<StoredExport>>> ListAsync(TeamId team, int limit, string? cursor, CancellationToken cancellation);

    /// <summary>Deletes it, and what nothing else in the store stands on. <see cref="FaultCode.ObjectNotFound"/> for what the team did not export here.</summary>
    Task<Result<Done>> DeleteAsync(TeamId team, string key, CancellationToken cancellation);
}
