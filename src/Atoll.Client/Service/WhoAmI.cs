namespace Atoll.Client.Service;

/// <summary>Whom a key belongs to, and what it may do.</summary>
public sealed record WhoAmI(string Team, string? TeamName, string? KeyId, string? KeyName, string? User = null, IReadOnlyList<string>? Scopes = null, DateTimeOffset? ExpiresAt = null);
