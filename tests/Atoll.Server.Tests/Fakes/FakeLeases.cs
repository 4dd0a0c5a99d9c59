using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;
using Atoll.Core.Teams;

namespace Atoll.Server.Tests.Fakes;

/// <summary>One lease of each sandbox.</summary>
internal sealed class FakeLeases(ISandboxes sandboxes) : ILeases
{
    private const string Id = "l00000000000000000000";

    public async Task<Result<KeepAwake>> TakeAsync(TeamId team, string idOrName, double seconds, string? name, CancellationToken cancellation) =>
        (await sandboxes.GetAsync(team, idOrName, cancellation)).Map(_ => new KeepAwake(Id, name, DateTimeOffset.UnixEpoch.AddSeconds(seconds)));

    public async Task<Result<IReadOnlyList<KeepAwake>>> ListAsync(TeamId team, string idOrName, CancellationToken cancellation) =>
        (await sandboxes.GetAsync(team, idOrName, cancellation)).Map<IReadOnlyList<KeepAwake>>(_ => [new(Id, null, DateTimeOffset.UnixEpoch)]);

    public async Task<Result<Done>> GiveBackAsync(TeamId team, string idOrName, string lease, CancellationToken cancellation)
    {
        var found = await sandboxes.GetAsync(team, idOrName, cancellation);
        if (found.Fault is { } fault) return fault;
        return lease == Id ? Done.Value : new Fault(FaultCode.LeaseNotFound, FaultSide.Caller, FaultStage.Lookup, "There is no such lease.");
    }
}
