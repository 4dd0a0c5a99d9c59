using Atoll.Core.Faults;

namespace Atoll.Core.Teams;

/// <summary>
/// Teams. Everything else belongs to one: sandboxes, users, keys. Names are unique, and a team may be given by its id or its name.
/// <para>Threads: any member at any time.</para>
/// </summary>
public interface ITeams
{
    /// <exception cref="FaultException">The database cannot be read.</exception>
    Task<IReadOnlyList<Team>> ListAsync(CancellationToken cancellation);

    /// <summary><see cref="FaultCode.TeamNotFound"/> if there is none.</summary>
    Task<Result<Team>> FindAsync(string idOrName, CancellationToken cancellation);

    Task<Result<Team>> CreateAsync(string name, TeamUpdate quota, CancellationToken cancellation);

    /// <summary>A quota below what the team has now ends nothing: it only lets nothing new in.</summary>
    Task<Result<Team>> UpdateAsync(string idOrName, TeamUpdate update, CancellationToken cancellation);

    /// <summary>Only one without living sandboxes, checkpoints, volumes and exports (<see cref="FaultCode.TeamNotEmpty"/>). Its users and keys go with it, in force at once.</summary>
    Task<Result<Done>> RemoveAsync(string idOrName, CancellationToken cancellation);
}
