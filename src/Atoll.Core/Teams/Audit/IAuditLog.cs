using Atoll.Core.Faults;

namespace Atoll.Core.Teams.Audit;

/// <summary>
/// Who changed what, and from where. Entries are written behind the requests, in batches, so that one is in the database a moment after its request; a stop of the server writes
/// what is left, a crash loses what was not yet written (a batch's time).
/// <para>Threads: any member at any time.</para>
/// </summary>
public interface IAuditLog
{
    /// <summary>
    /// Takes an entry. When the database cannot follow and <see cref="AuditOptions.QueueLength"/> entries wait, this waits for up to
    /// <see cref="AuditOptions.PatienceMilliseconds"/>; then the entry is dropped, counted, and its loss logged.
    /// </summary>
    ValueTask AddAsync(AuditEntry entry);

    /// <summary><see cref="FaultCode.InvalidRequest"/> for a cursor that no page gave.</summary>
    Task<Result<AuditPage>> ReadAsync(AuditQuery query, CancellationToken cancellation);

    /// <summary>Entries since the server started.</summary>
    AuditFigures Figures { get; }
}
