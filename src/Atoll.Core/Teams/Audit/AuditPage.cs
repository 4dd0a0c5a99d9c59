namespace Atoll.Core.Teams.Audit;

/// <param name="NextCursor">Ask with it for what follows; null at the end.</param>
public sealed record AuditPage(IReadOnlyList<AuditEntry> Entries, string? NextCursor);
