namespace Atoll.Core.Teams;

/// <summary>An API key, without its secret.</summary>
/// <param name="Id"><c>key_</c> and 12 letters or digits.</param>
/// <param name="Prefix">The first characters of the key, to tell it from others by sight.</param>
/// <param name="Scopes">As it was made; its user's role may allow less.</param>
/// <param name="User">Whose key it is; null for one of the team itself.</param>
/// <param name="ExpiresAt">From then on it opens nothing; null for never.</param>
public sealed record ApiKey(
    string Id, TeamId Team, string Name, string Prefix, KeyScopes Scopes, string? User, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, DateTimeOffset? LastUsedAt);
