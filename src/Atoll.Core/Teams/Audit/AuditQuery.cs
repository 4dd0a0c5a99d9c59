namespace Atoll.Core.Teams.Audit;

/// <summary>Which entries are wanted, newest first.</summary>
/// <param name="Team">Null: every team's, and those of nobody's.</param>
/// <param name="Since">From this time on.</param>
/// <param name="Until">Before this time.</param>
/// <param name="Actor">A key's or a user's id.</param>
/// <param name="Action">An operation's id.</param>
/// <param name="Limit">1 and up.</param>
/// <param name="Cursor">As the page before gave it.</param>
public sealed record AuditQuery(TeamId? Team, DateTimeOffset? Since, DateTimeOffset? Until, string? Actor, string? Action, int Limit, string? Cursor);
