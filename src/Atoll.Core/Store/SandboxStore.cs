using Atoll.Core.Events;
using Atoll.Core.Faults;
using Atoll.Core.Journal;
using Atoll.Core.Sandboxes;
using Atoll.Core.Store.Rows;
using Microsoft.EntityFrameworkCore;

namespace Atoll.Core.Store;

/// <summary>
/// Sandboxes in the database. A change and the event that tells of it are one transaction. <c>committed</c> makes it visible in memory, and only then are followers
/// told, so that whoever hears of a change also sees it.
/// </summary>
internal sealed class SandboxStore(Database database, EventFeed feed, DoubtfulCreates doubts)
{
    /// <summary>Puts a new sandbox down, with the events of what it has been through: created, and running where it runs. The name and the idempotency key are taken by unique indexes: of two at one time, one wins.</summary>
    public async Task<Result<Reservation>> AddAsync(Sandbox sandbox, IdempotencyClaim? claim, Action committed)
    {
        if (doubts.Any) await doubts.SettleAsync();
        List<EventRow> told = [NewEvent(sandbox with { State = SandboxState.Creating }, null, EventTypes.Created, sandbox.CreatedAt)];
        if (sandbox.StartedAt is { } started) told.Add(NewEvent(sandbox, SandboxState.Creating, EventTypes.Running, started));
        var taken = false;
        var added = await database.WriteAsync(
            async context =>
            {
                context.Sandboxes.Add(SandboxRows.ToRow(sandbox));
                context.Events.AddRange(told);
                if (claim is not null)
                {
                    context.Claims.Add(new()
                    {
                        Team = sandbox.Team.Value,
                        Key = claim.Key,
                        RequestHash = claim.RequestHash,
                        Sandbox = sandbox.Id.Value,
                        At = sandbox.CreatedAt,
                    });
                }

                await context.SaveChangesAsync();
                return new Reservation(sandbox, null);
            },
            _ =>
            {
                committed();
                foreach (var happened in told.OrderBy(x => x.Sequence)) feed.Publish(EventRows.ToEvent(happened));
            },
            () =>
            {
                taken = true;
                return SandboxFaults.NameTaken(sandbox.Spec.Name);
            });

        if (added.Fault is not null && !taken) doubts.Note(sandbox.Id);

        // Which of the two indexes refused: the claim's, if there is a claim now.
        if (!taken || claim is null) return added;
        var existing = await database.ReadAsync(context => FindClaim(context, sandbox.Team.Value, claim.Key), CancellationToken.None);
        if (existing.Fault is { } unreadable) return unreadable;
        return existing.Value is { } row ? new Reservation(null, ToClaim(row)) : added;
    }

    /// <summary>Saves a change of a living sandbox, or its end.</summary>
    /// <param name="begun">The journal's entry that this ends; null for none.</param>
    /// <param name="detail">What the event tells besides.</param>
    public Task<Result<Sandbox>> SaveAsync(Sandbox before, Sandbox after, string type, DateTimeOffset at, Action committed, JournalEntry? begun = null, string? detail = null)
    {
        var told = NewEvent(after, before.State, type, at);
        told.Detail ??= detail;
        return database.WriteAsync(
            async context =>
            {
                context.Sandboxes.Update(SandboxRows.ToRow(after));
                context.Events.Add(told);
                if (begun is not null) JournalStore.Remove(context, begun);

                // A create that failed is not remembered: the same key may try again.
                if (before.State is SandboxState.Creating && after.State is SandboxState.Failed)
                {
                    var claims = await context.Claims.Where(x => x.Sandbox == after.Id.Value).ToListAsync();
                    context.Claims.RemoveRange(claims);
                }

                await context.SaveChangesAsync();
                return after;
            },
            _ => Publish(told, committed),
            () => SandboxFaults.NameTaken(after.Spec.Name));
    }

    /// <summary>Notes that an end was decided, before anything is taken apart.</summary>
    public Task<Result<Done>> SaveEndingAsync(SandboxId id, Ending ending) => database.WriteAsync(async context =>
    {
        await context.Sandboxes.Where(x => x.Id == id.Value).ExecuteUpdateAsync(set => set
            .SetProperty(x => x.EndingState, ending.State)
            .SetProperty(x => x.EndingReason, ending.Reason)
            .SetProperty(x => x.EndingDetail, ending.Detail));
        return Done.Value;
    });

    public Task<Result<Sandbox?>> FindAsync(SandboxId id, CancellationToken cancellation) => database.ReadAsync(
        async context => await context.Sandboxes.FirstOrDefaultAsync(x => x.Id == id.Value, cancellation) is { } row ? SandboxRows.ToSandbox(row) : null,
        cancellation);

    public Task<Result<IReadOnlyList<(Sandbox Sandbox, Ending? Ending)>>> LoadLivingAsync(CancellationToken cancellation) =>
        database.ReadAsync<IReadOnlyList<(Sandbox, Ending?)>>(
            async context =>
            {
                var rows = await context.Sandboxes.Where(x => x.EndedAt == null).ToListAsync(cancellation);
                return [.. rows.Select(row => (SandboxRows.ToSandbox(row), SandboxRows.ToEnding(row)))];
            },
            cancellation);

    public async Task<Result<ExistingClaim?>> FindClaimAsync(Teams.TeamId team, string key, DateTimeOffset since, CancellationToken cancellation)
    {
        if (doubts.Any) await doubts.SettleAsync();
        var found = await database.ReadAsync(context => FindClaim(context, team.Value, key), cancellation);
        if (!found.TryGet(out var row, out var fault)) return fault;
        if (row is null) return (ExistingClaim?)null;
        if (row.At > since) return ToClaim(row);

        // Too old to count, and in the way of a new one.
        var removed = await database.WriteAsync(async context =>
            await context.Claims.Where(x => x.Team == row.Team && x.Key == row.Key && x.At <= since).ExecuteDeleteAsync(CancellationToken.None));
        return removed.Map(_ => (ExistingClaim?)null);
    }

    private static Task<ClaimRow?> FindClaim(AtollContext context, string team, string key) =>
        context.Claims.FirstOrDefaultAsync(x => x.Team == team && x.Key == key);

    private static ExistingClaim ToClaim(ClaimRow row) => new(SandboxId.Parse(row.Sandbox), row.RequestHash);

    private static EventRow NewEvent(Sandbox sandbox, SandboxState? from, string type, DateTimeOffset at) => new()
    {
        At = at,
        Team = sandbox.Team.Value,
        Sandbox = sandbox.Id.Value,
        Type = type,
        From = from,
        To = sandbox.State,
        Reason = sandbox.Reason,
        Detail = sandbox.ReasonDetail,
    };

    private void Publish(EventRow told, Action committed)
    {
        committed();
        feed.Publish(EventRows.ToEvent(told));
    }
}
