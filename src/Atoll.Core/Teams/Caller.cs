namespace Atoll.Core.Teams;

/// <summary>Whom a request comes from.</summary>
/// <param name="KeyId">The key that was presented; safe to log.</param>
public sealed record Caller(TeamId Team, string TeamName, string KeyId, string KeyName);
