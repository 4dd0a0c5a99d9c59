namespace Atoll.Core.Teams;

/// <summary>Whom a request comes from.</summary>
/// <param name="KeyId">The key that was presented; safe to log.</param>
/// <param name="Scopes">What it may do now: the key's scopes, within its user's role.</param>
/// <param name="UserId">Whose key it is; null for one of the team itself.</param>
/// <param name="ExpiresAt">When the key ends by itself; null for never.</param>
public sealed record KeyHolder(TeamId Team, string TeamName, string KeyId, string KeyName, KeyScopes Scopes, string? UserId = null, DateTimeOffset? ExpiresAt = null)
{
    /// <summary>Ends when the key does, or when it may do less than before.</summary>
    public Grant Grant { get; init; } = Grant.Lasting;

    public bool May(KeyScopes scope) => (Scopes & scope) == scope;

    /// <summary>What another would have to lose or gain that this one does not have itself; nothing for an operator, who manages every team.</summary>
    public KeyScopes LacksOf(KeyScopes others) => May(KeyScopes.Operator) ? KeyScopes.None : others & ~Scopes;
}
