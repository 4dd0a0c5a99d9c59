namespace Atoll.Core.Teams.Audit;

/// <param name="Written">In the database.</param>
/// <param name="Dropped">Lost, as the database could not follow.</param>
/// <param name="Waiting">To be written.</param>
public sealed record AuditFigures(long Written, long Dropped, long Waiting);
