using System.Collections.Concurrent;
using Atoll.Core.Faults;
using Atoll.Core.Journal;
using Microsoft.EntityFrameworkCore;

namespace Atoll.Core.Store;

/// <summary>
/// The journal in the database: <see cref="IJournalledOperation"/>. An entry that this process began is <i>held</i> until it ends or is let go, and left alone by whoever settles. Threads: any.
/// </summary>
internal sealed class JournalStore(Database database, TimeProvider time)
{
    private readonly ConcurrentDictionary<(string Operation, string Subject), bool> _held = new();

    public JournalEntry New(string operation, string subject, string data = "") => new(operation, subject, data, time.GetUtcNow());

    /// <param name="busy">What to say when the subject is in such an operation already.</param>
    public async Task<Result<Done>> BeginAsync(JournalEntry entry, Func<Fault>? busy = null)
    {
        Hold(entry);
        var begun = await database.WriteAsync(
            async context =>
            {
                Add(context, entry);
                await context.SaveChangesAsync();
                return Done.Value;
            },
            lost: busy);

        // It may be there all the same, when the connection broke: then it is settled later.
        if (!begun.Succeeded) LetGo(entry);
        return begun;
    }

    /// <summary>For an operation that begins, or ends, in a transaction of its own.</summary>
    public static void Add(AtollContext context, JournalEntry entry) =>
        context.Journal.Add(new() { Operation = entry.Operation, Subject = entry.Subject, Data = entry.Data, At = entry.At });

    public static void Remove(AtollContext context, JournalEntry entry) =>
        context.Journal.Remove(new() { Operation = entry.Operation, Subject = entry.Subject, Data = "", At = default });

    public void Hold(JournalEntry entry) => _held[(entry.Operation, entry.Subject)] = true;

    public bool IsHeld(JournalEntry entry) => _held.ContainsKey((entry.Operation, entry.Subject));

    /// <summary>Whoever settles may have it: it ended in its own transaction, or what is left of it is to be cleared up.</summary>
    public void LetGo(JournalEntry entry) => _held.TryRemove((entry.Operation, entry.Subject), out _);

    /// <summary>It has ended. Repeatable.</summary>
    public async Task<Result<Done>> EndAsync(JournalEntry entry)
    {
        var ended = await database.WriteAsync(async context =>
        {
            await context.Journal.Where(x => x.Operation == entry.Operation && x.Subject == entry.Subject).ExecuteDeleteAsync();
            return Done.Value;
        });
        LetGo(entry);
        return ended;
    }

    /// <summary>Oldest first.</summary>
    public Task<Result<List<JournalEntry>>> LoadAsync(CancellationToken cancellation) => database.ReadAsync(
        context => context.Journal.OrderBy(x => x.At).Select(x => new JournalEntry(x.Operation, x.Subject, x.Data, x.At)).ToListAsync(cancellation), cancellation);
}
