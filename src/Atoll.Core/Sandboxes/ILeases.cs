using Atoll.Core.Faults;
using Atoll.Core.Teams;

namespace Atoll.Core.Sandboxes;

/// <summary>
/// Keep-awake leases. While one holds, idleness does nothing to its sandbox; time limits and users do. One on a sandbox that sleeps wakes nothing. They survive restarts of the server.
/// <para>Threads: any member at any time.</para>
/// </summary>
public interface ILeases
{
    /// <param name="seconds">More than 0, at most a day.</param>
    /// <param name="name">For people; null for none.</param>
    Task<Result<KeepAwake>> TakeAsync(TeamId team, string idOrName, double seconds, string? name, CancellationToken cancellation);

    /// <summary>Those that hold, oldest first.</summary>
    Task<Result<IReadOnlyList<KeepAwake>>> ListAsync(TeamId team, string idOrName, CancellationToken cancellation);

    /// <summary><see cref="FaultCode.LeaseNotFound"/> for one that has run out too.</summary>
    Task<Result<Done>> GiveBackAsync(TeamId team, string idOrName, string lease, CancellationToken cancellation);
}
