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
    /// On the path of every request: answered from memory after the first time. What is no key is told from memory too, so that wrong ones cost no look-up.
    /// </summary>
    Task<Result<KeyHolder>> AuthenticateAsync(string secret, CancellationToken cancellation);

    /// <summary>
    /// Makes a key that may do everything where there is none that can manage the installation (a new installation; or the last such key was revoked or has expired), and the
    /// first team where there is none; else null.
    /// </summary>
    Task<CreatedKey?> EnsureFirstAsync(CancellationToken cancellation);

    /// <summary>A key can make none that may do more than itself (<see cref="FaultCode.ForbiddenScope"/>), nor one that lives longer.</summary>
    Task<Result<CreatedKey>> CreateAsync(TeamId team, NewKey key, KeyHolder by, CancellationToken cancellation);

    /// <exception cref="FaultException">The database cannot be read.</exception>
    Task<IReadOnlyList<ApiKey>> ListAsync(TeamId team, CancellationToken cancellation);

    /// <summary>
    /// From the reply on, the key opens nothing, and what it has open ends. <see cref="FaultCode.KeyNotFound"/> for another team's; <see cref="FaultCode.ForbiddenScope"/> for one that may do
    /// more than <paramref name="by"/>, unless that is an operator's. A key may always revoke itself.
    /// </summary>
    Task<Result<Done>> RevokeAsync(TeamId team, string keyId, KeyHolder by, CancellationToken cancellation);
}
