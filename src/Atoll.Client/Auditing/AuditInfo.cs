namespace Atoll.Client.Auditing;

/// <summary>One request that changed something or wanted to.</summary>
public sealed record AuditInfo(
    long Sequence,
    DateTimeOffset At,
    string? Team,
    string? KeyId,
    string? UserId,
    string Action,
    string? Target,
    int Status,
    string? Code,
    string? RemoteAddress,
    string? UserAgent,
    string? RequestId);
