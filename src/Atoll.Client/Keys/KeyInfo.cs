namespace Atoll.Client.Keys;

/// <summary>An API key without its secret.</summary>
/// <param name="Prefix">Its first characters, to tell it from others by sight.</param>
/// <param name="Scopes">What it was made for; its user's role may allow less.</param>
/// <param name="User">The id of the user whose key it is; null for the team's own.</param>
public sealed record KeyInfo(
    string Id, string Name, string? Prefix, IReadOnlyList<string>? Scopes, string? User, DateTimeOffset? CreatedAt, DateTimeOffset? ExpiresAt, DateTimeOffset? LastUsedAt);
