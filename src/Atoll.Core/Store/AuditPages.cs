using System.Globalization;
using Atoll.Core.Faults;
using Atoll.Core.Store.Rows;
using Atoll.Core.Teams.Audit;
using Microsoft.EntityFrameworkCore;

namespace Atoll.Core.Store;

/// <summary>Reads the audit log, newest first. A cursor is the time and number of the last entry given: <c>ticks-sequence</c>.</summary>
internal sealed class AuditPages(Database database)
{
    public async Task<Result<AuditPage>> ReadAsync(AuditQuery query, CancellationToken cancellation)
    {
        (DateTimeOffset At, long Sequence)? from = null;
        if (query.Cursor is { } text)
        {
            from = Parse(text);
            if (from is null)
            {
                FieldErrors errors = new();
                errors.Add("cursor", "A cursor is what the page before gave as nextCursor.");
                return errors.ToFault()!;
            }
        }

        var read = await database.ReadAsync(context => Select(context, query, from).Take(query.Limit + 1).ToListAsync(cancellation), cancellation);
        if (!read.TryGet(out var rows, out var fault)) return fault;
        var last = rows.Count > query.Limit ? rows[query.Limit - 1] : null;
        return new AuditPage([.. rows.Take(query.Limit).Select(AuditRows.ToEntry)], last is null ? null : string.Create(CultureInfo.InvariantCulture, $"{last.At.UtcTicks}-{last.Sequence}"));
    }

    private static IQueryable<AuditRow> Select(AtollContext context, AuditQuery query, (DateTimeOffset At, long Sequence)? from)
    {
        IQueryable<AuditRow> rows = context.Audit;
        if (query.Team is { } team) rows = rows.Where(x => x.Team == team.Value);
        if (query.Since is { } since) rows = rows.Where(x => x.At >= since);
        if (query.Until is { } until) rows = rows.Where(x => x.At < until);
        if (query.Actor is { } actor) rows = rows.Where(x => x.KeyId == actor || x.UserId == actor);
        if (query.Action is { } action) rows = rows.Where(x => x.Action == action);
        if (from is var (at, sequence)) rows = rows.Where(x => x.At < at || (x.At == at && x.Sequence < sequence));
        return rows.OrderByDescending(x => x.At).ThenByDescending(x => x.Sequence);
    }

    private static (DateTimeOffset, long)? Parse(string text)
    {
        var parts = text.Split('-');
        return parts.Length == 2
            && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var ticks) && ticks <= DateTimeOffset.MaxValue.UtcTicks
            && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var sequence)
            ? (new DateTimeOffset(ticks, TimeSpan.Zero), sequence)
            : null;
    }
}
