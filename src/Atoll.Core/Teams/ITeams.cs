using Atoll.Core.Faults;

namespace Atoll.Core.Teams;

/// <summary>
/// Teams and their API keys. A key is <c>atoll_</c> and 43 letters or digits (256 random bits); only its SHA-256 is stored (a random key needs no slow hash).
/// Threads: any member at any time.
/// </summary>
public interface ITeams
{
    /// <summary>Whom a key belongs to; <see cref="FaultCode.Unauthenticated"/> if nobody. On the path of every request: answered from memory after the first time.</summary>
    Task<Result<Caller>> AuthenticateAsync(string secret, CancellationToken cancellation);

    /// <summary>Makes the first team and key where there are none; null when there already are.</summary>
    Task<CreatedKey?> EnsureFirstAsync(CancellationToken cancellation);

    Task<Result<TeamId>> CreateTeamAsync(string name, CancellationToken cancellation);

    Task<Result<CreatedKey>> CreateKeyAsync(TeamId team, string name, CancellationToken cancellation);

    Task<IReadOnlyList<ApiKey>> ListKeysAsync(TeamId team, CancellationToken cancellation);

    /// <summary>From the reply on, the key opens nothing. <see cref="FaultCode.KeyNotFound"/> for another team's.</summary>
    Task<Result<Done>> RevokeKeyAsync(TeamId team, string keyId, CancellationToken cancellation);
}
