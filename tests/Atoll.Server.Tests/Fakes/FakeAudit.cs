using System.Collections.Concurrent;
using Atoll.Core.Faults;
using Atoll.Core.Teams.Audit;

namespace Atoll.Server.Tests.Fakes;

/// <summary>An audit log in memory.</summary>
internal sealed class FakeAudit : IAuditLog
{
    public ConcurrentQueue<AuditEntry> Entries { get; } = new();

    public AuditQuery? LastQuery { get; private set; }

    public AuditFigures Figures => new(Entries.Count, 0, 0);

    public ValueTask AddAsync(AuditEntry entry)
    {
        Entries.Enqueue(entry);
        return ValueTask.CompletedTask;
    }

    public Task<Result<AuditPage>> ReadAsync(AuditQuery query, CancellationToken cancellation)
    {
        LastQuery = query;
        return Task.FromResult<Result<AuditPage>>(new AuditPage([.. Entries.Where(x => query.Team is null || x.Team == query.Team.Value.Value)], null));
    }
}
