namespace Atoll.Core.Teams;

/// <summary>Whom a request comes from.</summary>
/// <param name="KeyId">The key that was presented; safe to log.</param>
/// <param name="Scopes">What it may do now: the key's scopes, within its user's role.</param>
/// <param name="UserId">Whose key it is; null for one of the team itself.</param>
/// <param name="ExpiresAt">When the key ends by itself; null for never.</param>
public sealed record KeyHolder(TeamId Team, string TeamName, string KeyId, string KeyName, KeyScopes Scopes, string? UserId = null, DateTimeOffset? ExpiresAt = null)
{
    public bool May(KeyScopes scope) => (Scopes & scope) == scope;
}
