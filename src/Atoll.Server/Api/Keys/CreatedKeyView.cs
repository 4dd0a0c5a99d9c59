using Atoll.Core.Teams;

namespace Atoll.Server.Api.Keys;

/// <summary>A key just made.</summary>
/// <param name="Key">The secret. It is shown this once and cannot be read again.</param>
internal sealed record CreatedKeyView(string Id, string Name, string Prefix, IReadOnlyList<string> Scopes, string? User, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, string Key)
{
    public static CreatedKeyView Of(CreatedKey made)
    {
        var key = made.Key;
        return new(key.Id, key.Name, key.Prefix, ScopeWords.Of(key.Scopes), key.User, key.CreatedAt, key.ExpiresAt, made.Secret);
    }
}
