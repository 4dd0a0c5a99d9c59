using Atoll.Core.Teams;

namespace Atoll.Server.Api.Keys;

/// <summary>An API key, without its secret.</summary>
/// <param name="Prefix">Its first characters, to tell it from others by sight.</param>
/// <param name="Scopes">What it was made for; its user's role may allow less.</param>
/// <param name="User">The id of the user whose key it is; null for the team's own.</param>
internal sealed record KeyView(
    string Id, string Name, string Prefix, IReadOnlyList<string> Scopes, string? User, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, DateTimeOffset? LastUsedAt)
{
    public static KeyView Of(ApiKey key) => new(key.Id, key.Name, key.Prefix, ScopeWords.Of(key.Scopes), key.User, key.CreatedAt, key.ExpiresAt, key.LastUsedAt);
}
