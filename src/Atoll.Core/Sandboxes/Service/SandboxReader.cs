using Atoll.Core.Faults;
using Atoll.Core.Sandboxes.Listing;
using Atoll.Core.Sandboxes.Living;
using Atoll.Core.Sandboxes.Requests;
using Atoll.Core.Store;
using Atoll.Core.Teams;

namespace Atoll.Core.Sandboxes.Service;

/// <summary>Which sandbox is meant, and what is known of it: of the living from memory, of others from the database.</summary>
internal sealed class SandboxReader(SandboxDirectory directory, SandboxStore store, SandboxPages pages)
{
    public async Task<Result<Sandbox>> GetAsync(TeamId team, string idOrName, CancellationToken cancellation)
    {
        if (directory.Find(team, idOrName) is { } entry) return entry.Sandbox;
        if (!SandboxId.TryParse(idOrName, out var id)) return SandboxFaults.NotFound(idOrName);
        var found = await store.FindAsync(id, cancellation);
        if (!found.TryGet(out var sandbox, out var fault)) return fault;
        return sandbox is not null && sandbox.Team == team ? sandbox : SandboxFaults.NotFound(idOrName);
    }

    public async Task<Result<Page<Sandbox>>> ListAsync(TeamId team, SandboxQuery query, CancellationToken cancellation)
    {
        if (!QueryRules.Check(query).TryGet(out var cursor, out var fault)) return fault;
        return SandboxFilter.LivingOnly(query) ? directory.List(team, query, cursor) : await pages.ListAsync(team, query, cursor, cancellation);
    }

    public async Task<Result<Sandbox>> FindLivingAsync(TeamId team, string idOrName, CancellationToken cancellation)
    {
        if (directory.FindEnd(team, idOrName) is { } ended) return ended;
        var found = await GetAsync(team, idOrName, cancellation);
        return found.TryGet(out var sandbox, out _) && sandbox.EndedAt is not null ? SandboxFaults.Ended(sandbox.Id, sandbox.Reason, sandbox.ReasonDetail) : found;
    }
}
