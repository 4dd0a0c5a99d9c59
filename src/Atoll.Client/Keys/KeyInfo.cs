namespace Atoll.Client.Keys;

/// <summary>An API key without its secret.</summary>
/// <param name="Prefix">Its first characters, to tell it from others by sight.</param>
public sealed record KeyInfo(string Id, string Name, string? Prefix, DateTimeOffset? CreatedAt, DateTimeOffset? LastUsedAt);
