using Atoll.Core.Faults;

namespace Atoll.Core.Teams;

/// <summary>The people of a team, each given by id or name. Another team's do not exist (<see cref="FaultCode.TeamUserNotFound"/>). Threads: any member at any time.</summary>
public interface IUsers
{
    /// <exception cref="FaultException">The database cannot be read.</exception>
    Task<IReadOnlyList<TeamUser>> ListAsync(TeamId team, CancellationToken cancellation);

    Task<Result<TeamUser>> CreateAsync(TeamId team, string name, string? email, UserRole role, CancellationToken cancellation);

    /// <summary>
    /// In force at once, for keys that exist already too: what those that lose something have open ends. <see cref="FaultCode.ForbiddenScope"/> where the user's keys would gain or lose what
    /// <paramref name="by"/> may not do itself, unless that is an operator's.
    /// </summary>
    Task<Result<TeamUser>> ChangeRoleAsync(TeamId team, string idOrName, UserRole role, KeyHolder by, CancellationToken cancellation);

    /// <summary>From the reply on, none of the user's keys opens anything, and what they have open ends. Refused as a change of the role is.</summary>
    Task<Result<Done>> RemoveAsync(TeamId team, string idOrName, KeyHolder by, CancellationToken cancellation);
}
