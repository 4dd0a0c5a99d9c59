using System.Runtime.CompilerServices;
using Atoll.Core.Events;
using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;
using Atoll.Core.Teams;
using Microsoft.EntityFrameworkCore;

namespace Atoll.Core.Store;

/// <summary>Reads events from the database up to the feed's watermark, and goes on live from the feed.</summary>
internal sealed class EventLog(Database database, EventFeed feed) : IEvents
{
    private const int ReplayPage = 500;

    /// <exception cref="FaultException">The database cannot be read.</exception>
    public async Task<IReadOnlyList<SandboxEvent>> ListAsync(TeamId team, SandboxId? sandbox, long after, int limit, CancellationToken cancellation)
    {
        var newest = feed.Watermark;
        var events = await database.ReadAsync<IReadOnlyList<SandboxEvent>>(
            async context =>
            {
                var rows = context.Events.Where(x => x.Team == team.Value && x.Sequence > after && x.Sequence <= newest);
                if (sandbox is { } id) rows = rows.Where(x => x.Sandbox == id.Value);
                var page = await rows.OrderBy(x => x.Sequence).Take(limit).ToListAsync(cancellation);
                return [.. page.Select(EventRows.ToEvent)];
            },
            cancellation);
        return events.TryGet(out var list, out var fault) ? list : throw new FaultException(fault);
    }

    /// <exception cref="FaultException">The database cannot be read; go on from the last event that came.</exception>
    public async IAsyncEnumerable<SandboxEvent> FollowAsync(TeamId team, SandboxId? sandbox, long after, [EnumeratorCancellation] CancellationToken cancellation)
    {
        // Subscribed before the first read: what is committed from here on is in the queue, in the database below the watermark, or in both.
        using var subscription = feed.Subscribe(x => x.Team == team && (sandbox is null || x.Sandbox == sandbox));
        var last = after;
        while (true)
        {
            // Cleared before reading: whatever is dropped later raises it again.
            subscription.Lagged = false;
            while (await ListAsync(team, sandbox, last, ReplayPage, cancellation) is { Count: > 0 } page)
            {
                foreach (var stored in page)
                {
                    yield return stored;
                    last = stored.Sequence;
                }
            }

            // Looked at before each read: what is dropped from a full queue is newer than all that is in it, so the one event read since is older than the gap.
            while (!subscription.Lagged)
            {
                var live = await subscription.Queue.ReadAsync(cancellation);
                if (live.Sequence <= last) continue;
                yield return live;
                last = live.Sequence;
            }
        }
    }

    /// <summary>At start, before anybody follows.</summary>
    public async Task BeginAsync(CancellationToken cancellation)
    {
        var newest = await database.ReadAsync(context => context.Events.MaxAsync(x => (long?)x.Sequence, cancellation), cancellation);
        feed.Begin(newest.TryGet(out var sequence, out var fault) ? sequence ?? 0 : throw new FaultException(fault));
    }
}
