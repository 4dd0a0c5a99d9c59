namespace Atoll.Client.Sandboxes;

/// <summary>A lease that keeps a sandbox awake.</summary>
public sealed record LeaseInfo(string Id, string? Name, DateTimeOffset ExpiresAt);
