using Atoll.Core.Faults;
using Atoll.Core.Tracing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Atoll.Core.Store;

/// <summary>
/// The one way to the database. Reads run side by side. Writes take turns in a queue of this process: SQLite has one writer anyway, waiting here is fair and cheap
/// where its own busy handler sleeps, and the order of commits is then the order of event numbers. Both turn what the database may refuse (locked, full, read-only,
/// broken) into a fault of stage <see cref="FaultStage.State"/>; everything else they throw is a bug.
/// <para>Threads: any member at any time.</para>
/// </summary>
internal sealed partial class Database(IDbContextFactory<AtollContext> contexts, IOptions<StoreOptions> options, ILogger<Database> log) : IDisposable
{
    private readonly SemaphoreSlim _writer = new(1, 1);
    private readonly TimeSpan _patience = TimeSpan.FromSeconds(options.Value.BusyTimeoutSeconds);

    public async Task<Result<T>> ReadAsync<T>(Func<AtollContext, Task<T>> read, CancellationToken cancellation)
    {
        using var span = AtollTrace.Start("store.read");
        try
        {
            await using var context = await contexts.CreateDbContextAsync(cancellation);
            context.ChangeTracker.QueryTrackingBehavior = QueryTrackingBehavior.NoTracking;
            return await read(context);
        }
        catch (Exception failure) when (Sqlite.Explain(failure) is { } fault)
        {
            LogRefused(log, fault.Detail, failure);
            return fault;
        }
    }

    /// <summary>
    /// Runs <paramref name="write"/>, which saves once, with nobody else writing. <paramref name="committed"/> runs after it and before the next write:
    /// what it publishes is published in the order of commits.
    /// </summary>
    /// <param name="lost">What to return when a unique index decided for somebody else; null where that is a bug.</param>
    public async Task<Result<T>> WriteAsync<T>(Func<AtollContext, Task<T>> write, Action<T>? committed = null, Func<Fault>? lost = null)
    {
        using (AtollTrace.Start("store.wait"))
        {
            if (!await _writer.WaitAsync(_patience)) return StoreFaults.Busy;
        }

        using var span = AtollTrace.Start("store.write");
        try
        {
            await using var context = await contexts.CreateDbContextAsync(CancellationToken.None);
            var value = await write(context);
            committed?.Invoke(value);
            return value;
        }
        catch (Exception failure) when (lost is not null && Sqlite.IsUniqueViolation(failure))
        {
            return lost();
        }
        catch (Exception failure) when (Sqlite.Explain(failure) is { } fault)
        {
            LogRefused(log, fault.Detail, failure);
            return fault;
        }
        finally
        {
            _writer.Release();
        }
    }

    /// <summary>Brings the database to this version's form. Throws when it cannot: without state there is no server.</summary>
    public async Task MigrateAsync(CancellationToken cancellation)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellation);
        await context.Database.MigrateAsync(cancellation);
    }

    public void Dispose() => _writer.Dispose();

    [LoggerMessage(1100, LogLevel.Error, "The database refused: {Detail}")]
    private static partial void LogRefused(ILogger log, string detail, Exception failure);
}
