using System.Data.Common;
using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Atoll.Core.Store.Engines;

/// <summary>
/// Tells each connection how to behave. With WAL, <c>synchronous=NORMAL</c> survives a crash of the server whole; a power cut may lose the newest
/// transactions but never tears one (https://www.sqlite.org/pragma.html#pragma_synchronous). The log is written back by <see cref="SqliteEngine.TidyAsync"/> and not by
/// whichever commit happens to fill it: that one would wait for the disk twice. Told once for each connection that the driver's pool keeps open.
/// </summary>
internal sealed class SqlitePragmas(int busyTimeoutSeconds) : DbConnectionInterceptor
{
    private readonly string _pragmas = $"PRAGMA busy_timeout={busyTimeoutSeconds * 1000}; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON; PRAGMA wal_autocheckpoint=0;";
    private readonly ConditionalWeakTable<object, object> _told = [];

    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData) => Apply(connection);

    public override Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        Apply(connection);
        return Task.CompletedTask;
    }

    private void Apply(DbConnection connection)
    {
        if (((SqliteConnection)connection).Handle is not { } handle || !_told.TryAdd(handle, this)) return;
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Made of a number of our own options.
        command.CommandText = _pragmas;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
