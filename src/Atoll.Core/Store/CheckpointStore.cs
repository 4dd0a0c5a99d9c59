using Atoll.Core.Checkpoints;
using Atoll.Core.Events;
using Atoll.Core.Faults;
using Atoll.Core.Journal;
using Atoll.Core.Sandboxes;
using Atoll.Core.Store.Rows;
using Atoll.Core.Teams;
using Microsoft.EntityFrameworkCore;

namespace Atoll.Core.Store;

/// <summary>
/// Checkpoints in the database. A change, the event that tells of it and the journal entry that it ends (or begins) are one transaction. Deleted ones stay as rows, without a disk, so that what
/// descends from them keeps its place; nobody else sees them.
/// </summary>
internal sealed class CheckpointStore(Database database, EventFeed feed, JournalStore journal)
{
    /// <summary>What a deletion does on the host: the subject is the saved disk's id.</summary>
    public const string DeleteOperation = "checkpoint.delete";

    /// <summary>The same where others stand on the disk: only the memory goes, whose id is the subject.</summary>
    public const string ForgetOperation = "checkpoint.forget";

    /// <summary>
    /// Puts a new checkpoint down, makes it its sandbox's current one, and ends its journal entry. <see cref="FaultCode.CheckpointNotFound"/> when the one whose disk it was to share was deleted
    /// meanwhile.
    /// </summary>
    /// <param name="after">Its sandbox from now on.</param>
    public async Task<Result<Checkpoint>> AddAsync(Checkpoint checkpoint, Sandbox after, JournalEntry begun, Action committed)
    {
        var told = NewEvent(checkpoint, after.State, EventTypes.CheckpointCreated, checkpoint.CreatedAt);
        var added = await database.WriteAsync<Result<Checkpoint>>(
            async context =>
            {
                if (checkpoint.Unchanged && !await context.Checkpoints.AnyAsync(x => x.Disk == checkpoint.Disk.Value && x.DeletedAt == null)) return CheckpointFaults.NotFound(checkpoint.Disk.Value);
                context.Checkpoints.Add(CheckpointRows.ToRow(checkpoint));
                context.Sandboxes.Update(SandboxRows.ToRow(after));
                context.Events.Add(told);
                JournalStore.Remove(context, begun);
                await context.SaveChangesAsync();
                return checkpoint;
            },
            result =>
            {
                if (result.Succeeded) Publish(told, committed);
            },
            () => CheckpointFaults.NameTaken(checkpoint.Name));
        return added.TryGet(out var result, out var fault) ? result : fault;
    }

    /// <summary>Puts an imported checkpoint down, and ends its journal entry.</summary>
    public Task<Result<Checkpoint>> AddImportedAsync(Checkpoint checkpoint, JournalEntry begun)
    {
        var told = NewEvent(checkpoint, SandboxState.Deleted, EventTypes.CheckpointImported, checkpoint.CreatedAt);
        return database.WriteAsync(
            async context =>
            {
                context.Checkpoints.Add(CheckpointRows.ToRow(checkpoint));
                context.Events.Add(told);
                JournalStore.Remove(context, begun);
                await context.SaveChangesAsync();
                return checkpoint;
            },
            _ => Publish(told, () => { }));
    }

    /// <summary>Saves a sandbox that was restored, and ends the restore's journal entry.</summary>
    public Task<Result<Sandbox>> SaveRestoredAsync(Sandbox after, DateTimeOffset at, JournalEntry begun, Action committed)
    {
        EventRow told = new()
        {
            At = at,
            Team = after.Team.Value,
            Sandbox = after.Id.Value,
            Type = EventTypes.Restored,
            From = after.State,
            To = after.State,
            Detail = after.Checkpoint?.Value,
        };
        return database.WriteAsync(
            async context =>
            {
                context.Sandboxes.Update(SandboxRows.ToRow(after));
                context.Events.Add(told);
                JournalStore.Remove(context, begun);
                await context.SaveChangesAsync();
                return after;
            },
            _ => Publish(told, committed));
    }

    /// <summary>
    /// Marks it deleted. Where no other checkpoint stands on the same disk, the disk's deletion, else that of its memory if it has one, is begun in the journal and returned, held, for the caller to
    /// see through.
    /// </summary>
    public Task<Result<JournalEntry?>> DeleteAsync(Checkpoint checkpoint, DateTimeOffset at, Action committed)
    {
        EventRow? told = null;
        JournalEntry? entry = null;
        return database.WriteAsync(
            async context =>
            {
                var row = await context.Checkpoints.FirstOrDefaultAsync(x => x.Id == checkpoint.Id.Value && x.DeletedAt == null);
                if (row is null) return null;
                row.DeletedAt = at;
                var state = await context.Sandboxes.Where(x => x.Id == row.Sandbox).Select(x => (SandboxState?)x.State).FirstOrDefaultAsync() ?? SandboxState.Deleted;
                told = NewEvent(checkpoint, state, EventTypes.CheckpointDeleted, at);
                context.Events.Add(told);
                var last = !await context.Checkpoints.AnyAsync(x => x.Disk == row.Disk && x.Id != row.Id && x.DeletedAt == null);
                entry = last ? journal.New(DeleteOperation, checkpoint.Disk.Value) : checkpoint.Memory is { } memory ? journal.New(ForgetOperation, memory.Value) : null;
                if (entry is not null)
                {
                    JournalStore.Add(context, entry);
                    journal.Hold(entry);
                }

                await context.SaveChangesAsync();
                return entry;
            },
            _ =>
            {
                if (told is not null) Publish(told, committed);
            });
    }

    public Task<Result<Checkpoint?>> FindAsync(CheckpointId id, CancellationToken cancellation) =>
        OneAsync(context => context.Checkpoints.Where(x => x.Id == id.Value), cancellation);

    public Task<Result<Checkpoint?>> FindAsync(SandboxId sandbox, string name, CancellationToken cancellation) =>
        OneAsync(context => context.Checkpoints.Where(x => x.Sandbox == sandbox.Value && x.Name == name), cancellation);

    /// <summary>Newest first, one more than asked for when there is more.</summary>
    public Task<Result<List<Checkpoint>>> ListAsync(TeamId team, SandboxId? sandbox, int limit, (DateTimeOffset At, string Id)? from, CancellationToken cancellation) => database.ReadAsync(
        async context =>
        {
            var rows = context.Checkpoints.Where(x => x.Team == team.Value && x.DeletedAt == null);
            if (sandbox is { } id) rows = rows.Where(x => x.Sandbox == id.Value);
            if (from is var (at, last)) rows = rows.Where(x => x.CreatedAt < at || (x.CreatedAt == at && string.Compare(x.Id, last) < 0));
            var page = await rows.OrderByDescending(x => x.CreatedAt).ThenByDescending(x => x.Id).Take(limit + 1).ToListAsync(cancellation);
            return await WithParentsAsync(context, page, cancellation);
        },
        cancellation);

    /// <summary>At start: what each team holds, and every saved disk that something stands on.</summary>
    public Task<Result<List<(TeamId Team, CheckpointId Id, CheckpointId Disk, bool HasMemory, long SizeBytes)>>> LoadAsync(CancellationToken cancellation) => database.ReadAsync(
        async context =>
        {
            var rows = await context.Checkpoints.Where(x => x.DeletedAt == null).Select(x => new { x.Team, x.Id, x.Disk, x.Kind, x.SizeBytes }).ToListAsync(cancellation);
            return rows.ConvertAll(x => (new TeamId(x.Team), CheckpointId.Parse(x.Id), CheckpointId.Parse(x.Disk), x.Kind == CheckpointKind.Full, x.SizeBytes));
        },
        cancellation);

    private Task<Result<Checkpoint?>> OneAsync(Func<AtollContext, IQueryable<CheckpointRow>> select, CancellationToken cancellation) => database.ReadAsync(
        async context => (await WithParentsAsync(context, await select(context).Where(x => x.DeletedAt == null).Take(1).ToListAsync(cancellation), cancellation)).FirstOrDefault(), cancellation);

    /// <summary>Each one's parent is the nearest before it that was not deleted: a question to the database for each generation of deleted ones.</summary>
    private static async Task<List<Checkpoint>> WithParentsAsync(AtollContext context, List<CheckpointRow> rows, CancellationToken cancellation)
    {
        var known = new Dictionary<string, (string? Parent, bool Deleted)>(StringComparer.Ordinal);
        var wanted = rows.Select(row => row.Parent).OfType<string>().ToHashSet(StringComparer.Ordinal);
        while (wanted.Count > 0)
        {
            var asked = wanted.ToList();
            var found = await context.Checkpoints.Where(x => asked.Contains(x.Id)).Select(x => new { x.Id, x.Parent, x.DeletedAt }).ToListAsync(cancellation);
            foreach (var id in asked) known[id] = (null, true);
            foreach (var row in found) known[row.Id] = (row.Parent, row.DeletedAt is not null);
            wanted = found.Where(row => row.DeletedAt is not null).Select(row => row.Parent).OfType<string>().Where(parent => !known.ContainsKey(parent)).ToHashSet(StringComparer.Ordinal);
        }

        return rows.ConvertAll(row =>
        {
            var parent = row.Parent;
            while (parent is not null && known[parent] is { Deleted: true } gone) parent = gone.Parent;
            return CheckpointRows.ToCheckpoint(row, parent);
        });
    }

    private static EventRow NewEvent(Checkpoint checkpoint, SandboxState state, string type, DateTimeOffset at) => new()
    {
        At = at,
        Team = checkpoint.Team.Value,
        Sandbox = checkpoint.Sandbox.Value,
        Type = type,
        From = state,
        To = state,
        Detail = checkpoint.Id.Value,
    };

    private void Publish(EventRow told, Action committed)
    {
        committed();
        feed.Publish(EventRows.ToEvent(told));
    }
}
