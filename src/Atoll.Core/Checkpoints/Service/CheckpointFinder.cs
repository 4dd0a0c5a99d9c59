using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;
using Atoll.Core.Store;
using Atoll.Core.Teams;

namespace Atoll.Core.Checkpoints.Service;

/// <summary>Which checkpoint is meant, always within the team that asks.</summary>
internal sealed class CheckpointFinder(CheckpointStore store, ISandboxes sandboxes)
{
    private const int MostListed = 1000;

    public async Task<Result<Checkpoint>> FindAsync(TeamId team, string checkpoint, CancellationToken cancellation)
    {
        if (!CheckpointId.TryParse(checkpoint, out var id)) return CheckpointFaults.NotFound(checkpoint);
        return OfTeam(team, checkpoint, await store.FindAsync(id, cancellation));
    }

    /// <summary>The same, or by the name it has among a sandbox's.</summary>
    public async Task<Result<Checkpoint>> FindAsync(Sandbox sandbox, string idOrName, CancellationToken cancellation) => CheckpointId.TryParse(idOrName, out _)
        ? await FindAsync(sandbox.Team, idOrName, cancellation)
        : OfTeam(sandbox.Team, idOrName, await store.FindAsync(sandbox.Id, idOrName, cancellation));

    public async Task<Result<Page<Checkpoint>>> ListAsync(TeamId team, string? sandbox, int limit, string? cursor, CancellationToken cancellation)
    {
        FieldErrors errors = new();
        if (limit is < 1 or > MostListed) errors.Add("limit", $"Must be 1 to {MostListed}.");
        var from = cursor is null ? null : CheckpointCursor.TryParse(cursor);
        if (cursor is not null && from is null) errors.Add("cursor", "This is no cursor of this list.");
        if (errors.ToFault() is { } mistake) return mistake;

        SandboxId? of = null;
        if (sandbox is not null)
        {
            if (!(await sandboxes.GetAsync(team, sandbox, cancellation)).TryGet(out var found, out var unknown)) return unknown;
            of = found.Id;
        }

        if (!(await store.ListAsync(team, of, limit, from, cancellation)).TryGet(out var list, out var fault)) return fault;
        if (list.Count <= limit) return new Page<Checkpoint>(list, null);
        list.RemoveRange(limit, list.Count - limit);
        return new Page<Checkpoint>(list, CheckpointCursor.Of(list[^1]));
    }

    private static Result<Checkpoint> OfTeam(TeamId team, string asked, Result<Checkpoint?> found)
    {
        if (!found.TryGet(out var checkpoint, out var fault)) return fault;
        return checkpoint is not null && checkpoint.Team == team ? checkpoint : CheckpointFaults.NotFound(asked);
    }
}
