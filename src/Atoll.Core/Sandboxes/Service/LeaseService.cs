using Atoll.Core.Faults;
using Atoll.Core.Lifetime;
using Atoll.Core.Sandboxes.Grains;
using Atoll.Core.Sandboxes.Requests;
using Atoll.Core.Teams;

namespace Atoll.Core.Sandboxes.Service;

internal sealed class LeaseService(SandboxReader reader, SteadyClock clock, IGrainFactory grains) : ILeases
{
    public async Task<Result<KeepAwake>> TakeAsync(TeamId team, string idOrName, double seconds, string? name, CancellationToken cancellation)
    {
        if (!(await reader.FindLivingAsync(team, idOrName, cancellation)).TryGet(out var sandbox, out var fault)) return fault;
        if (!LeaseRules.Check(seconds, name).TryGet(out var lease, out var mistakes)) return mistakes;
        var taken = await Grain(sandbox.Id).LeaseAsync(lease).WaitAsync(cancellation);
        return taken.Map(after => after.Leases.First(one => one.Id == lease.Id));
    }

    public async Task<Result<IReadOnlyList<KeepAwake>>> ListAsync(TeamId team, string idOrName, CancellationToken cancellation) =>
        (await reader.FindLivingAsync(team, idOrName, cancellation)).Map<IReadOnlyList<KeepAwake>>(sandbox => [.. sandbox.Leases.Where(lease => lease.Until > clock.Now)]);

    public async Task<Result<Done>> GiveBackAsync(TeamId team, string idOrName, string lease, CancellationToken cancellation) =>
        (await reader.FindLivingAsync(team, idOrName, cancellation)).TryGet(out var sandbox, out var fault)
            ? (await Grain(sandbox.Id).LeaseAsync(new(lease, null, null)).WaitAsync(cancellation)).Map(_ => Done.Value)
            : fault;

    private ISandboxGrain Grain(SandboxId id) => grains.GetGrain<ISandboxGrain>(id.Value);
}
