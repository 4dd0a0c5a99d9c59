using Atoll.Core.Faults;
using Atoll.Core.Metrics;
using Atoll.Core.Teams;

namespace Atoll.Core.Sandboxes.Service;

/// <summary>Creates, and counts what came of it. One that nobody waits for counts as what it was accepted as.</summary>
internal sealed class CountedCreator(SandboxCreator creator, AtollMetrics metrics)
{
    public async Task<Result<Sandbox>> CreateAsync(TeamId team, SandboxRequest request, string? idempotencyKey, bool wait, CancellationToken cancellation)
    {
        var created = await creator.CreateAsync(team, request, idempotencyKey, wait, cancellation);
        metrics.Created(created.Fault);
        return created;
    }
}
