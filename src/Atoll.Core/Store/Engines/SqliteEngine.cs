using Atoll.Core.Faults;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Atoll.Core.Store.Engines;

internal sealed class SqliteEngine(StoreOptions options) : IStoreEngine
{
    // Result codes, https://www.sqlite.org/rescode.html
    private const int Busy = 5;
    private const int Locked = 6;
    private const int ReadOnly = 8;
    private const int CannotOpen = 14;
    private const int Full = 13;
    private const int Constraint = 19;
    private const int ConstraintUnique = 2067;
    private const int ConstraintPrimaryKey = 1555;

    public string Name => "sqlite";

    public IDbContextFactory<AtollContext> Contexts { get; } = new EngineContexts<SqliteContext>(Options(options));

    public IStoreHold Hold { get; } = new SqliteHold();

    public bool IsUniqueViolation(Exception failure) => Find(failure) is { SqliteExtendedErrorCode: ConstraintUnique or ConstraintPrimaryKey };

    public Fault? Explain(Exception failure)
    {
        if (Find(failure) is not { } error) return null;
        return error.SqliteErrorCode switch
        {
            Busy or Locked => StoreFaults.Busy,
            Full => StoreFaults.Refused("The database cannot grow: its disk is full.", "Free space where the server keeps its state, then try again."),
            ReadOnly => StoreFaults.Refused("The database is read-only.", "Make the server's state folder writable, then try again."),
            CannotOpen => StoreFaults.Refused("The database's file cannot be opened.", "Look whether the server's state folder is there and writable, and how many files the server may open."),
            Constraint => null,
            var code => StoreFaults.Refused($"The database failed (SQLite error {code}).", "Look at the server's log and at the disk of its state folder."),
        };
    }

    /// <summary>Passive: neither readers nor writers wait for it (https://www.sqlite.org/wal.html#ckpt).</summary>
    public async Task TidyAsync()
    {
        await using var context = Contexts.CreateDbContext();
        await context.Database.ExecuteSqlRawAsync("PRAGMA wal_checkpoint(PASSIVE)");
    }

    public void Dispose() => Hold.Dispose();

    private static DbContextOptions<SqliteContext> Options(StoreOptions options)
    {
        // The driver repeats a busy statement until the command's timeout, on top of SQLite's own busy_timeout: the same bound for both keeps the sum near one of them.
        var connection = new SqliteConnectionStringBuilder(options.ConnectionString) { DefaultTimeout = options.BusyTimeoutSeconds };
        return new DbContextOptionsBuilder<SqliteContext>().UseSqlite(connection.ToString()).AddInterceptors(new SqlitePragmas(options.BusyTimeoutSeconds)).Options;
    }

    private static SqliteException? Find(Exception? failure)
    {
        for (; failure is not null; failure = failure.InnerException)
        {
            if (failure is SqliteException error) return error;
        }

        return null;
    }
}
