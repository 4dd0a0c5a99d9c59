using Atoll.Core.Teams;

namespace Atoll.Server.Api.Keys;

/// <summary>An API key, without its secret.</summary>
/// <param name="Prefix">Its first characters, to tell it from others by sight.</param>
internal sealed record KeyView(string Id, string Name, string Prefix, DateTimeOffset CreatedAt, DateTimeOffset? LastUsedAt)
{
    public static KeyView Of(ApiKey key) => new(key.Id, key.Name, key.Prefix, key.CreatedAt, key.LastUsedAt);
}
