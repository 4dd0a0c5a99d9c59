using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;
using Atoll.Core.Teams;

namespace Atoll.Server.Tests.Fakes;

/// <summary>One lease, of whatever sandbox.</summary>
internal sealed class FakeLeases : ILeases
{
    private const string Id = "l00000000000000000000";

    public Task<Result<KeepAwake>> TakeAsync(TeamId team, string idOrName, double seconds, string? name, CancellationToken cancellation) =>
        Task.FromResult<Result<KeepAwake>>(new KeepAwake(Id, name, DateTimeOffset.UnixEpoch.AddSeconds(seconds)));

    public Task<Result<IReadOnlyList<KeepAwake>>> ListAsync(TeamId team, string idOrName, CancellationToken cancellation) =>
        Task.FromResult(Result.Of<IReadOnlyList<KeepAwake>>([new(Id, null, DateTimeOffset.UnixEpoch)]));

    public Task<Result<Done>> GiveBackAsync(TeamId team, string idOrName, string lease, CancellationToken cancellation) =>
        Task.FromResult<Result<Done>>(lease == Id ? Done.Value : new Fault(FaultCode.LeaseNotFound, FaultSide.Caller, FaultStage.Lookup, "There is no such lease."));
}
