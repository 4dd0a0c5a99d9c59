using System.Text.Json.Serialization;

namespace Atoll.Client.Keys;

/// <summary>A key just made. Its secret is shown this once.</summary>
public sealed record CreatedKey(
    string Id,
    string Name,
    string? Prefix,
    IReadOnlyList<string>? Scopes,
    string? User,
    DateTimeOffset? CreatedAt,
    DateTimeOffset? ExpiresAt,
    [property: JsonPropertyName("key")] string Secret);
