namespace Atoll.Client.Auditing;

/// <summary>Which entries are wanted; null is any.</summary>
/// <param name="Actor">A key's or user's id.</param>
/// <param name="Action">An operation's id, such as <c>createSandbox</c>.</param>
/// <param name="Team">For operators: a team, or <c>all</c>.</param>
public sealed record AuditFilter(DateTimeOffset? Since = null, DateTimeOffset? Until = null, string? Actor = null, string? Action = null, string? Team = null);
