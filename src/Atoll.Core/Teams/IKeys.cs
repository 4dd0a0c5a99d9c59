using Atoll.Core.Faults;

namespace Atoll.Core.Teams;

/// <summary>
/// API keys. A key is <c>atoll_</c> and 43 letters or digits (256 random bits); only its SHA-256 is stored (a random key needs no slow hash).
/// <para>Threads: any member at any time.</para>
/// </summary>
public interface IKeys
{
    /// <summary>
    /// Whom a key belongs to; <see cref="FaultCode.Unauthenticated"/> if nobody, <see cref="FaultCode.KeyExpired"/> if its time is up.
    /// On the path of every request: answered from memory after the first time.
    /// </summary>
    Task<Result<KeyHolder>> AuthenticateAsync(string secret, CancellationToken cancellation);

    /// <summary>The same from memory alone: null for a key that has not been used since the server started, or is none.</summary>
    Result<KeyHolder>? Recall(string secret);

    /// <summary>
    /// Makes a key that may do everything where there is none that can manage the installation (a new installation; or the last such key was revoked or has expired), and the
    /// first team where there is none; else null.
    /// </summary>
    Task<CreatedKey?> EnsureFirstAsync(CancellationToken cancellation);

    /// <summary>A key can make none that may do more than itself (<see cref="FaultCode.ForbiddenScope"/>), nor one that lives longer.</summary>
    Task<Result<CreatedKey>> CreateAsync(TeamId team, NewKey key, KeyHolder by, CancellationToken cancellation);

    /// <exception cref="FaultException">The database cannot be read.</exception>
    Task<IReadOnlyList<ApiKey>> ListAsync(TeamId team, CancellationToken cancellation);

    /// <summary>From the reply on, the key opens nothing. <see cref="FaultCode.KeyNotFound"/> for another team's.</summary>
    Task<Result<Done>> RevokeAsync(TeamId team, string keyId, CancellationToken cancellation);
}
