using Atoll.Core.Faults;
using Atoll.Core.Machines;
using Atoll.Core.Metrics;
using Atoll.Core.Tracing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Atoll.Core.Store;

/// <summary>
/// The one way to the database. Reads run side by side. Writes take turns in a queue of this process: SQLite has one writer anyway, waiting here is fair and cheap
/// where its own busy handler sleeps, and the order of commits is then the order of event numbers under every engine. Both turn what the database may refuse (locked, full, read-only,
/// broken, gone) into a fault of stage <see cref="FaultStage.State"/>; everything else they throw is a bug.
/// <para>Threads: any member at any time.</para>
/// </summary>
internal sealed partial class Database(IStoreEngine engine, IOptions<StoreOptions> options, AtollMetrics metrics, TimeProvider time, ILogger<Database> log) : IDisposable
{
    private readonly SemaphoreSlim _writer = new(1, 1);
    /// <summary>SQLite's log is then about as long as it lets it grow by itself (1,000 pages).</summary>
    private const int WritesBetweenTidying = 250;

    /// <summary>The queue is ours, and what stands in it will be written: a burst on a slow disk waits longer in sum than the database may take for one.</summary>
    private const int TurnsWaitedFor = 6;

    private static readonly TimeSpan HoldRetry = TimeSpan.FromMilliseconds(200);
    private readonly TimeSpan _patience = TurnsWaitedFor * TimeSpan.FromSeconds(options.Value.BusyTimeoutSeconds);
    private int _writes;
    private int _tidying;

    public Task<Result<T>> ReadAsync<T>(Func<AtollContext, Task<T>> read, CancellationToken cancellation) => CountedAsync("read", () => TryReadAsync(read, cancellation));

    /// <summary>
    /// Runs <paramref name="write"/>, which saves once, with nobody else writing. <paramref name="committed"/> runs after it and before the next write:
    /// what it publishes is published in the order of commits.
    /// </summary>
    /// <param name="lost">What to return when a unique index decided for somebody else; null where that is a bug.</param>
    public Task<Result<T>> WriteAsync<T>(Func<AtollContext, Task<T>> write, Action<T>? committed = null, Func<Fault>? lost = null) =>
        CountedAsync("write", () => TryWriteAsync(write, committed, lost));

    private async Task<Result<T>> CountedAsync<T>(string operation, Func<Task<Result<T>>> call)
    {
        var begun = time.GetTimestamp();
        var result = await call();
        metrics.StoreCalled(engine.Name, operation, result.Fault is { Stage: FaultStage.State }, time.GetElapsedTime(begun));
        return result;
    }

    private async Task<Result<T>> TryReadAsync<T>(Func<AtollContext, Task<T>> read, CancellationToken cancellation)
    {
        using var span = AtollTrace.Start("store.read");
        try
        {
            await using var context = await engine.Contexts.CreateDbContextAsync(cancellation);
            context.ChangeTracker.QueryTrackingBehavior = QueryTrackingBehavior.NoTracking;
            return await read(context);
        }
        catch (Exception failure) when (engine.Explain(failure) is { } fault)
        {
            LogRefused(log, fault.Detail, failure);
            return fault;
        }
    }

    private async Task<Result<T>> TryWriteAsync<T>(Func<AtollContext, Task<T>> write, Action<T>? committed, Func<Fault>? lost)
    {
        using (AtollTrace.Start("store.wait"))
        {
            if (!await _writer.WaitAsync(_patience)) return StoreFaults.Busy;
        }

        using var span = AtollTrace.Start("store.write");
        try
        {
            if (await engine.Hold.TakeAsync(CancellationToken.None) is { } refusal) return refusal.Fault;
            await using var context = await engine.Contexts.CreateDbContextAsync(CancellationToken.None);
            var value = await write(context);
            committed?.Invoke(value);
            if (Interlocked.Increment(ref _writes) % WritesBetweenTidying == 0) _ = TidyAsync();
            return value;
        }
        catch (Exception failure) when (lost is not null && engine.IsUniqueViolation(failure))
        {
            return lost();
        }
        catch (Exception failure) when (engine.Explain(failure) is { } fault)
        {
            LogRefused(log, fault.Detail, failure);
            return fault;
        }
        finally
        {
            _writer.Release();
        }
    }

    /// <summary>Keeps other servers off the database, and brings it to this version's form. Throws when it cannot: without state there is no server.</summary>
    /// <exception cref="MachineUnavailableException">The database cannot be had, for a reason that somebody can mend.</exception>
    public async Task OpenAsync(CancellationToken cancellation)
    {
        await HoldAsync(cancellation);
        try
        {
            await using var context = await engine.Contexts.CreateDbContextAsync(cancellation);
            await context.Database.MigrateAsync(cancellation);
        }
        catch (Exception failure) when (engine.Explain(failure) is { } fault)
        {
            LogRefused(log, fault.Detail, failure);
            throw new MachineUnavailableException(fault);
        }
    }

    public void Dispose() => _writer.Dispose();

    /// <summary>A server that was killed a moment ago may still be known to the database: what is held is waited for, as long as a busy database is.</summary>
    private async Task HoldAsync(CancellationToken cancellation)
    {
        var begun = TimeProvider.System.GetTimestamp();
        while (await engine.Hold.TakeAsync(cancellation) is { } refusal)
        {
            if (!refusal.ByAnother || TimeProvider.System.GetElapsedTime(begun) > TimeSpan.FromSeconds(options.Value.BusyTimeoutSeconds))
            {
                LogNotHeld(log, refusal.Fault.Detail);
                throw new MachineUnavailableException(refusal.Fault);
            }

            await Task.Delay(HoldRetry, TimeProvider.System, cancellation);
        }
    }

    private async Task TidyAsync()
    {
        if (Interlocked.Exchange(ref _tidying, 1) == 1) return;
        try
        {
            // Away from the writer whose turn it still is.
            await Task.Run(engine.TidyAsync);
        }
        catch (Exception failure) when (engine.Explain(failure) is { } fault)
        {
            LogUntidied(log, fault.Detail);
        }
        finally
        {
            Volatile.Write(ref _tidying, 0);
        }
    }

    [LoggerMessage(1101, LogLevel.Warning, "The database could not be tidied, which is tried again: {Detail}")]
    private static partial void LogUntidied(ILogger log, string detail);

    [LoggerMessage(1102, LogLevel.Error, "The database cannot be had: {Detail}")]
    private static partial void LogNotHeld(ILogger log, string detail);

    [LoggerMessage(1100, LogLevel.Error, "The database refused: {Detail}")]
    private static partial void LogRefused(ILogger log, string detail, Exception failure);
}
