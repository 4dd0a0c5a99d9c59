using System.Collections.Concurrent;
using Atoll.Core.Faults;
using Atoll.Core.Teams;

namespace Atoll.Core.Sandboxes.Capacity;

/// <summary>
/// What each team's living sandboxes hold of its quota, in memory: no database is asked on the path of a create. Filled at start from what lives. Teams do not wait for
/// each other. A removed team stays closed until the server is started again, so that a request which was let in just before can make nothing.
/// </summary>
internal sealed class TeamLedger(TimeProvider time)
{
    private readonly ConcurrentDictionary<TeamId, TeamAccount> _accounts = new();

    /// <summary>Takes a part for a new sandbox, or a larger or smaller one for a living one: checked and taken in one step.</summary>
    public Result<Done> Take(TeamId team, SandboxId id, SandboxLimits limits) => Of(team).Take(id, limits);

    /// <summary>Counted, never refused: a sandbox that lives already, or one whose limits are put back.</summary>
    public void Readmit(TeamId team, SandboxId id, SandboxLimits limits) => Of(team).Set(id, limits);

    public void GiveBack(TeamId team, SandboxId id) => Of(team).GiveBack(id);

    /// <summary>Takes a part of the disk quota for a new checkpoint.</summary>
    public Result<Done> Take(TeamId team, CheckpointId id, int diskMiB, int most) => Of(team).Take(id, diskMiB, most);

    public void Readmit(TeamId team, CheckpointId id, int diskMiB) => Of(team).Set(id, diskMiB);

    public void GiveBack(TeamId team, CheckpointId id) => Of(team).GiveBack(id);

    /// <summary>Takes a part of the disk quota for a volume.</summary>
    public Result<Done> Take(TeamId team, VolumeId id, int diskMiB, int most) => Of(team).Take(id, diskMiB, most);

    public void Readmit(TeamId team, VolumeId id, int diskMiB) => Of(team).Set(id, diskMiB);

    public void GiveBack(TeamId team, VolumeId id) => Of(team).GiveBack(id);

    /// <summary>As if the creation had never been let in.</summary>
    public void Undo(TeamId team, SandboxId id) => Of(team).Undo(id);

    public void SetQuota(TeamId team, TeamQuota quota) => Of(team).Quota = quota;

    public TeamUse UseOf(TeamId team) => Of(team).Use;

    /// <summary>Lets nothing in any more, unless something lives.</summary>
    public bool TryClose(TeamId team) => Of(team).TryClose();

    public void Reopen(TeamId team) => Of(team).Reopen();

    private TeamAccount Of(TeamId team) => _accounts.GetOrAdd(team, static (_, time) => new(time), time);
}
