using Atoll.Core.Faults;
using Atoll.Core.Store.Rows;
using Microsoft.EntityFrameworkCore;

namespace Atoll.Core.Store;

/// <summary>Usage in the database: a row for each sandbox and hour, written whole.</summary>
internal sealed class UsageStore(Database database)
{
    private const int DeleteBatch = 5_000;

    /// <summary>Puts rows in place of those that are there. Doing it twice is as good as once.</summary>
    public Task<Result<Done>> SaveAsync(IReadOnlyList<UsageRow> rows) => database.WriteAsync(async context =>
    {
        var (sandboxes, first) = (rows.Select(x => x.Sandbox).Distinct().ToList(), rows.Min(x => x.Hour));
        var there = await context.Usage.Where(x => sandboxes.Contains(x.Sandbox) && x.Hour >= first).ToDictionaryAsync(x => (x.Sandbox, x.Hour));
        foreach (var row in rows)
        {
            if (there.TryGetValue((row.Sandbox, row.Hour), out var old)) context.Entry(old).CurrentValues.SetValues(row);
            else context.Usage.Add(row);
        }

        await context.SaveChangesAsync();
        return Done.Value;
    });

    /// <summary>The newest row of each.</summary>
    public Task<Result<List<UsageRow>>> NewestAsync(IReadOnlyList<string> sandboxes, CancellationToken cancellation) => database.ReadAsync(
        context => context.Usage
            .Where(x => sandboxes.Contains(x.Sandbox) && x.Hour == context.Usage.Where(y => y.Sandbox == x.Sandbox).Max(y => y.Hour))
            .ToListAsync(cancellation),
        cancellation);

    /// <summary>Removes what is from before an hour, and the oldest hours of what is too many, in small batches.</summary>
    public async Task<Result<int>> CleanAsync(int before, int kept, CancellationToken cancellation)
    {
        var newestTooMany = await database.ReadAsync(
            context => context.Usage.OrderByDescending(x => x.Hour).Skip(kept).Select(x => (int?)x.Hour).FirstOrDefaultAsync(cancellation), cancellation);
        if (!newestTooMany.TryGet(out var tooMany, out var unreadable)) return unreadable;
        var first = Math.Max(before, tooMany is { } hour ? hour + 1 : int.MinValue);
        var total = 0;
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            var deleted = await database.WriteAsync(context =>
                context.Usage.Where(x => x.Hour < first).OrderBy(x => x.Hour).Take(DeleteBatch).ExecuteDeleteAsync(CancellationToken.None));
            if (!deleted.TryGet(out var count, out var fault)) return fault;
            total += count;
            if (count < DeleteBatch) return total;
        }
    }
}
