using Atoll.Core.Checkpoints;
using Atoll.Core.Faults;
using Atoll.Core.Journal;
using Atoll.Core.Sandboxes;
using Atoll.Core.Store.Rows;
using Atoll.Core.Teams;
using Microsoft.EntityFrameworkCore;

namespace Atoll.Core.Store;

/// <summary>Which exports each team has made, in the database: the object store knows no teams.</summary>
internal sealed class ExportStore(Database database, TimeProvider time)
{
    public const string DeleteOperation = "export.delete";

    /// <summary>Repeatable: the first time counts.</summary>
    public Task<Result<Done>> AddAsync(Checkpoint checkpoint, Exported exported) => database.WriteAsync(async context =>
    {
        if (await context.Exports.AnyAsync(x => x.Key == exported.Key)) return Done.Value;
        context.Exports.Add(new()
        {
            Key = exported.Key,
            Team = checkpoint.Team.Value,
            Checkpoint = checkpoint.Id.Value,
            Kind = checkpoint.Kind,
            Name = checkpoint.Name,
            SizeBytes = exported.SizeBytes,
            CreatedAt = time.GetUtcNow(),
        });
        await context.SaveChangesAsync();
        return Done.Value;
    });

    public Task<Result<StoredExport?>> FindAsync(TeamId team, string key, CancellationToken cancellation) => database.ReadAsync(
        async context => await context.Exports.FirstOrDefaultAsync(x => x.Key == key && x.Team == team.Value, cancellation) is { } row ? ToExport(row) : null, cancellation);

    public Task<Result<bool>> HasAsync(string key, CancellationToken cancellation) => database.ReadAsync(context => context.Exports.AnyAsync(x => x.Key == key, cancellation), cancellation);

    /// <summary>Newest first, one more than asked for when there is more.</summary>
    public Task<Result<List<StoredExport>>> ListAsync(TeamId team, int limit, (DateTimeOffset At, string Key)? from, CancellationToken cancellation) => database.ReadAsync(
        async context =>
        {
            var rows = context.Exports.Where(x => x.Team == team.Value);
            if (from is var (at, last)) rows = rows.Where(x => x.CreatedAt < at || (x.CreatedAt == at && string.Compare(x.Key, last) < 0));
            return (await rows.OrderByDescending(x => x.CreatedAt).ThenByDescending(x => x.Key).Take(limit + 1).ToListAsync(cancellation)).ConvertAll(ToExport);
        },
        cancellation);

    /// <summary>Forgets it, and begins the journal entry of what is left to do in the store. Succeeds when somebody else was quicker, who sees to that.</summary>
    public Task<Result<bool>> DeleteAsync(StoredExport export, JournalEntry entry) => database.WriteAsync(async context =>
    {
        if (await context.Exports.FirstOrDefaultAsync(x => x.Key == export.Key) is not { } row) return false;
        context.Exports.Remove(row);

        // What a deletion of the same export began that is not over: this one sees to both, which name the same places.
        if (!await context.Journal.AnyAsync(x => x.Operation == entry.Operation && x.Subject == entry.Subject)) JournalStore.Add(context, entry);
        await context.SaveChangesAsync();
        return true;
    });

    private static StoredExport ToExport(ExportRow row) => new(row.Key, new(row.Team), CheckpointId.Parse(row.Checkpoint), row.Kind, row.Name, row.SizeBytes, row.CreatedAt);
}
