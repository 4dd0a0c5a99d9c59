using System.Data.Common;
using Atoll.Core.Faults;
using Npgsql;

namespace Atoll.Core.Store.Engines;

/// <summary>
/// A session's advisory lock (https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS), on a connection of its own that is kept for the server's life:
/// PostgreSQL gives the lock back when the connection ends, however it does. It is one lock for a database, so every server of every schema in it meets the same.
/// <para>When a connection breaks on this side only, PostgreSQL may keep its end, and the lock, until TCP gives up: what still has the lock is then asked who it is, and ended if it
/// is our own. A silent peer is noticed after <see cref="Probing"/> on either side.</para>
/// </summary>
internal sealed class PostgresHold(StoreOptions options, Func<Exception, Fault?> explain) : IStoreHold
{
    // "ATOL", and which of its locks. The two-number form is kept apart from the one-number form by PostgreSQL.
    private const string Lock = "1096044364, 1";
    private const string Take = $"SELECT pg_try_advisory_lock({Lock}), pid, backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid()";

    private const string Holder = """
        SELECT l.pid, a.backend_start, a.application_name, host(a.client_addr)
        FROM pg_locks l LEFT JOIN pg_stat_activity a ON a.pid = l.pid
        WHERE l.locktype = 'advisory' AND l.granted AND l.classid = 1096044364 AND l.objid = 1 AND l.objsubid = 2
          AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
        """;

    private const string Probing = "SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3";
    private static readonly TimeSpan AskEvery = TimeSpan.FromSeconds(10);
    private readonly string _connect = ConnectionString(options);
    private readonly SemaphoreSlim _one = new(1, 1);
    private volatile NpgsqlConnection? _held;
    private PostgresHolder? _own;

    public ValueTask<HoldRefusal?> TakeAsync(CancellationToken cancellation) => _held is null ? new(TryTakeAsync(cancellation)) : default;

    public async Task LostAsync(CancellationToken cancellation)
    {
        if (_held is not { } connection) return;
        try
        {
            while (true)
            {
                // Ends at once when the connection does; what says nothing at all is asked.
                await connection.WaitAsync(AskEvery, cancellation);
                await using NpgsqlCommand ask = new("SELECT 1", connection);
                await ask.ExecuteScalarAsync(cancellation);
            }
        }
        catch (Exception failure) when (IsBroken(failure))
        {
            _held = null;
            await connection.DisposeAsync();
        }
    }

    public void Dispose()
    {
        _held?.Dispose();
        _held = null;
        _one.Dispose();
    }

    private static bool IsBroken(Exception failure) => failure is NpgsqlException or IOException or ObjectDisposedException or InvalidOperationException;

    private async Task<HoldRefusal?> TryTakeAsync(CancellationToken cancellation)
    {
        await _one.WaitAsync(cancellation);
        try
        {
            return _held is null ? await ConnectAsync(cancellation) : null;
        }
        catch (Exception failure) when (explain(failure) is { } fault)
        {
            return new(fault, ByAnother: false);
        }
        finally
        {
            _one.Release();
        }
    }

    private async Task<HoldRefusal?> ConnectAsync(CancellationToken cancellation)
    {
        NpgsqlConnection? connection = new(_connect);
        try
        {
            await connection.OpenAsync(cancellation);
            await RunAsync(connection, Probing, cancellation);
            var (taken, self) = await TryLockAsync(connection, cancellation);
            if (!taken && await HolderAsync(connection, cancellation) is { } holder)
            {
                if (!holder.IsSameConnection(_own)) return new(StoreFaults.HeldBy(holder.ToString()), ByAnother: true);
                await RunAsync(connection, $"SELECT pg_terminate_backend({holder.Pid})", cancellation);
                (taken, self) = await TryLockAsync(connection, cancellation);
            }

            // Given back by its holder between the two questions: asked again, it is had.
            if (!taken) return new(StoreFaults.Busy, ByAnother: false);
            _own = self;
            _held = connection;
            connection = null;
            return null;
        }
        finally
        {
            if (connection is not null) await connection.DisposeAsync();
        }
    }

    private static async Task<(bool Taken, PostgresHolder Self)> TryLockAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using NpgsqlCommand command = new(Take, connection);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        await row.ReadAsync(cancellation);
        return (row.GetBoolean(0), new(row.GetInt32(1), Time(row, 2), null, null));
    }

    private static async Task<PostgresHolder?> HolderAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using NpgsqlCommand command = new(Holder, connection);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        return await row.ReadAsync(cancellation) ? new(row.GetInt32(0), Time(row, 1), Text(row, 2), Text(row, 3)) : null;
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
#pragma warning disable CA2100 // Made of constants and a number.
        await using NpgsqlCommand command = new(sql, connection);
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private static DateTime? Time(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetFieldValue<DateTime>(column);

    private static string? Text(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    /// <summary>Not pooled, so that closing it gives the lock back; named for who meets it. PostgreSQL keeps 63 bytes of the name.</summary>
    private static string ConnectionString(StoreOptions options) => new NpgsqlConnectionStringBuilder(options.ConnectionString)
    {
        Pooling = false,
        Multiplexing = false,
        Enlist = false,
        Timeout = options.BusyTimeoutSeconds,
        CommandTimeout = options.BusyTimeoutSeconds,
        TcpKeepAlive = true,
        TcpKeepAliveTime = 10,
        TcpKeepAliveInterval = 5,
        ApplicationName = $"atoll-server, process {Environment.ProcessId} on {Environment.MachineName}",
    }.ToString();
}
