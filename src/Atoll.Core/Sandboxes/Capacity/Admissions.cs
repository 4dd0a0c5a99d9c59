using Atoll.Core.Faults;
using Atoll.Core.Store;
using Atoll.Core.Teams;
using Microsoft.EntityFrameworkCore;

namespace Atoll.Core.Sandboxes.Capacity;

/// <summary>Whether there is room for a sandbox: in its team's quota, and on this host. What is taken is held from before the sandbox is saved until its end is saved.</summary>
internal sealed class Admissions(TeamLedger teams, CapacityLedger host, MountLedger mounts, Database database)
{
    private const long MiB = 1 << 20;

    /// <summary>At start, before anything is let in: the quotas as they were set.</summary>
    /// <exception cref="FaultException">The database cannot be read.</exception>
    public async Task BeginAsync(CancellationToken cancellation)
    {
        var read = await database.ReadAsync(context => context.Teams.ToListAsync(cancellation), cancellation);
        foreach (var row in read.TryGet(out var rows, out var fault) ? rows : throw new FaultException(fault)) teams.SetQuota(new(row.Id), QuotaRows.ToQuota(row));
    }

    /// <summary>For a new sandbox: its volumes too, which then cannot be deleted.</summary>
    public Result<Done> Take(TeamId team, SandboxId id, SandboxSpec spec)
    {
        if (mounts.Take(id, spec.Volumes).Fault is { } gone) return gone;
        var taken = Take(team, id, spec.Limits);
        if (taken.Succeeded) mounts.EndOutside(id, spec.Volumes);
        else mounts.GiveBack(id);
        return taken;
    }

    /// <summary>After a restart: the volumes of one that lives, awake or at rest.</summary>
    public void ReadmitMounts(SandboxId id, SandboxSpec spec) => mounts.Readmit(id, spec.Volumes);

    /// <param name="before">The limits of a living sandbox, which are to become others; null for a new one.</param>
    public Result<Done> Take(TeamId team, SandboxId id, SandboxLimits limits, SandboxLimits? before = null)
    {
        if (teams.Take(team, id, limits).Fault is { } exceeded) return exceeded;
        if (host.Take(id, limits.MemoryMiB).Fault is not { } full) return Done.Value;
        if (before is null) teams.Undo(team, id);
        else teams.Readmit(team, id, before);
        return full;
    }

    /// <summary>A sandbox that lives already, after a restart, or whose limits are put back: counted, never refused.</summary>
    public void Readmit(TeamId team, SandboxId id, SandboxLimits limits)
    {
        teams.Readmit(team, id, limits);
        host.Readmit(id, limits.MemoryMiB);
    }

    /// <summary>Room in the team's quota for a checkpoint, by what it holds, in whole MiB.</summary>
    public Result<Done> Take(TeamId team, CheckpointId id, long bytes, int most) => teams.Take(team, id, Whole(bytes), most);

    public void Readmit(TeamId team, CheckpointId id, long bytes) => teams.Readmit(team, id, Whole(bytes));

    public void GiveBack(TeamId team, CheckpointId id) => teams.GiveBack(team, id);

    /// <summary>Room in the team's quota for a volume, or for one that is to be larger or smaller.</summary>
    public Result<Done> Take(TeamId team, VolumeId id, int diskMiB, int most) => teams.Take(team, id, diskMiB, most);

    public void Readmit(TeamId team, VolumeId id, int diskMiB) => teams.Readmit(team, id, diskMiB);

    public void GiveBack(TeamId team, VolumeId id) => teams.GiveBack(team, id);

    /// <summary>
    /// It goes to rest: its processor and memory are given back, its disk and its place among the team's sandboxes are not. Saved memory is disk: refused when the team's quota has no room for it.
    /// </summary>
    /// <param name="savedBytes">What that will take, as far as is known before.</param>
    public Result<Done> Rest(TeamId team, SandboxId id, SandboxLimits limits, long savedBytes)
    {
        if (teams.Take(team, id, limits.AtRest(savedBytes)).Fault is { } exceeded) return exceeded;
        if (host.Rest(id).Fault is not { } full) return Done.Value;
        teams.Readmit(team, id, limits);
        return full;
    }

    /// <summary>One that is at rest already, after a restart: counted, never refused.</summary>
    /// <param name="held"><see cref="Sandbox.Held"/>.</param>
    public void ReadmitAtRest(TeamId team, SandboxId id, SandboxLimits held)
    {
        teams.Readmit(team, id, held);
        host.ReadmitAtRest(id);
    }

    /// <summary>It is to wake: what it had given back is taken again, or refused as a create's would be.</summary>
    /// <param name="held">By one at rest: <see cref="Sandbox.Held"/>.</param>
    public Result<Done> Wake(TeamId team, SandboxId id, SandboxLimits limits, SandboxLimits held)
    {
        if (teams.Take(team, id, limits).Fault is { } exceeded) return exceeded;
        if (host.Take(id, limits.MemoryMiB).Fault is not { } full) return Done.Value;
        teams.Readmit(team, id, held);
        return full;
    }

    public void GiveBack(TeamId team, SandboxId id)
    {
        teams.GiveBack(team, id);
        host.GiveBack(id);
        mounts.GiveBack(id);
    }

    private static int Whole(long bytes) => (int)Math.Min((bytes + MiB - 1) / MiB, int.MaxValue);
}
