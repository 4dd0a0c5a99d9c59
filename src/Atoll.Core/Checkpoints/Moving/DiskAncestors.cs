using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;
using Atoll.Core.Store;
using Atoll.Core.Teams;

namespace Atoll.Core.Checkpoints.Moving;

/// <summary>The saved disks that were made on the way to one: what it may be told as a difference to.</summary>
internal sealed class DiskAncestors(CheckpointStore checkpoints)
{
    /// <summary>What descends from what is found by a question to the database for each generation.</summary>
    private const int Most = 32;

    /// <param name="from">The nearest checkpoint that may be one.</param>
    /// <param name="except">The disk in question.</param>
    /// <returns>Nearest first.</returns>
    public async Task<Result<IReadOnlyList<CheckpointId>>> FindAsync(CheckpointId? from, TeamId team, CheckpointId except, CancellationToken cancellation)
    {
        List<CheckpointId> disks = [];
        for (var (next, generation) = (from, 0); next is { } id && generation < Most; generation++)
        {
            if (!(await checkpoints.FindAsync(id, cancellation)).TryGet(out var parent, out var fault)) return fault;
            if (parent is null || parent.Team != team) break;
            if (parent.Disk != except && !disks.Contains(parent.Disk)) disks.Add(parent.Disk);
            next = parent.Parent;
        }

        return disks;
    }
}
