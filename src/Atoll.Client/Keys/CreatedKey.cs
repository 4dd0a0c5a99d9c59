using System.Text.Json.Serialization;

namespace Atoll.Client.Keys;

/// <summary>A key just made. Its secret is shown this once.</summary>
public sealed record CreatedKey(string Id, string Name, string? Prefix, DateTimeOffset? CreatedAt, [property: JsonPropertyName("key")] string Secret);
