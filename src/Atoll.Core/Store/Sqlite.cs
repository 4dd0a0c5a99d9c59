using Atoll.Core.Faults;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Atoll.Core.Store;

/// <summary>
/// Everything that is SQLite's own: how it is opened, what it is told, and what its errors mean. Another provider gets a class like this one.
/// </summary>
internal static class Sqlite
{
    // Result codes, https://www.sqlite.org/rescode.html
    private const int Busy = 5;
    private const int Locked = 6;
    private const int ReadOnly = 8;
    private const int Full = 13;
    private const int ConstraintUnique = 2067;
    private const int ConstraintPrimaryKey = 1555;

    public static void Use(DbContextOptionsBuilder builder, StoreOptions options)
    {
        // The driver repeats a busy statement until the command's timeout, on top of SQLite's own busy_timeout: the same bound for both keeps the sum near one of them.
        var connection = new SqliteConnectionStringBuilder(options.ConnectionString) { DefaultTimeout = options.BusyTimeoutSeconds, ForeignKeys = true };
        builder.UseSqlite(connection.ToString()).AddInterceptors(new SqlitePragmas(options.BusyTimeoutSeconds));
    }

    /// <summary>Two writers race for one name or key, and this one lost.</summary>
    public static bool IsUniqueViolation(Exception failure) =>
        Find(failure) is { SqliteExtendedErrorCode: ConstraintUnique or ConstraintPrimaryKey };

    /// <summary>What a failure of the database means to a caller; null for one that is a bug of ours.</summary>
    public static Fault? Explain(Exception failure)
    {
        if (Find(failure) is not { } error) return null;
        return error.SqliteErrorCode switch
        {
            Busy or Locked => StoreFaults.Busy,
            Full => StoreFaults.Refused("The database cannot grow: its disk is full.", "Free space where the server keeps its state, then try again."),
            ReadOnly => StoreFaults.Refused("The database is read-only.", "Make the server's state folder writable, then try again."),
            19 => null,
            var code => StoreFaults.Refused($"The database failed (SQLite error {code}).", "Look at the server's log and at the disk of its state folder."),
        };
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
