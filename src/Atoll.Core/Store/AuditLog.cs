using System.Threading.Channels;
using Atoll.Core.Faults;
using Atoll.Core.Teams.Audit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Atoll.Core.Store;

/// <summary>
/// A bounded queue in front of the database. Entries are gathered for a tenth of a second and written together, so that a loop of execs costs ten transactions a second and not one
/// each; a server that is killed (not stopped) may lose that tenth. A batch that the database refuses is kept and tried again; meanwhile the queue fills, requests wait shortly, and then entries are dropped, counted and logged.
/// <para>A hosted service and not a loop of Core's: it is registered before the web server and so stopped after it, when the last request has been told of.</para>
/// </summary>
internal sealed partial class AuditLog : IAuditLog, IHostedService, IDisposable
{
    private const int Batch = 500;
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan TellDropsEvery = TimeSpan.FromMinutes(1);

    private readonly Channel<AuditEntry> _queue;
    private readonly Database _database;
    private readonly AuditPages _pages;
    private readonly TimeProvider _time;
    private readonly ILogger<AuditLog> _log;
    private readonly TimeSpan _patience;
    private readonly CancellationTokenSource _hurry = new();
    private readonly CancellationTokenSource _stopping = new();
    private Task _writing = Task.CompletedTask;
    private long _written;
    private long _dropped;
    private long _toldAt;

    public AuditLog(Database database, AuditPages pages, IOptions<AuditOptions> options, TimeProvider time, ILogger<AuditLog> log)
    {
        (_database, _pages, _time, _log) = (database, pages, time, log);
        _patience = TimeSpan.FromMilliseconds(options.Value.PatienceMilliseconds);
        _queue = Channel.CreateBounded<AuditEntry>(new BoundedChannelOptions(options.Value.QueueLength) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true });
    }

    public AuditFigures Figures => new(Interlocked.Read(ref _written), Interlocked.Read(ref _dropped), _queue.Reader.Count);

    public ValueTask AddAsync(AuditEntry entry) => _queue.Writer.TryWrite(entry) ? ValueTask.CompletedTask : AddPatientlyAsync(entry);

    public Task<Result<AuditPage>> ReadAsync(AuditQuery query, CancellationToken cancellation) => _pages.ReadAsync(query, cancellation);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _writing = Task.Run(WriteAllAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

    /// <summary>Writes what waits, for as long as the host is patient.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _queue.Writer.TryComplete();
        await _stopping.CancelAsync();
        await using (cancellationToken.UnsafeRegister(source => ((CancellationTokenSource)source!).Cancel(), _hurry)) await _writing;
        if (Interlocked.Read(ref _dropped) is > 0 and var dropped) LogDropped(_log, dropped);
    }

    public void Dispose()
    {
        _hurry.Dispose();
        _stopping.Dispose();
    }

    private async ValueTask AddPatientlyAsync(AuditEntry entry)
    {
        if (_patience == TimeSpan.Zero)
        {
            Drop(1);
            return;
        }

        using var patience = new CancellationTokenSource(_patience, _time);
        try
        {
            await _queue.Writer.WriteAsync(entry, patience.Token);
        }
        catch (Exception failure) when (failure is OperationCanceledException or ChannelClosedException)
        {
            Drop(1);
        }
    }

    private void Drop(int count)
    {
        var dropped = Interlocked.Add(ref _dropped, count);

        // The first at once, then at most one line a minute with the sum.
        var (now, told) = (_time.GetTimestamp(), Interlocked.Read(ref _toldAt));
        if (told != 0 && _time.GetElapsedTime(told, now) < TellDropsEvery) return;
        if (Interlocked.CompareExchange(ref _toldAt, Math.Max(now, 1), told) == told) LogDropped(_log, dropped);
    }

    private async Task WriteAllAsync()
    {
        var batch = new List<AuditEntry>(Batch);
        while (await _queue.Reader.WaitToReadAsync())
        {
            // The system's own clock: nothing that anybody is promised depends on this wait.
            if (_queue.Reader.Count < Batch) await Task.Delay(Gather, TimeProvider.System, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            while (batch.Count < Batch && _queue.Reader.TryRead(out var entry)) batch.Add(entry);
            await WriteAsync(batch);
            batch.Clear();
        }
    }

    private async Task WriteAsync(List<AuditEntry> batch)
    {
        while (true)
        {
            var saved = await _database.WriteAsync(async context =>
            {
                context.ChangeTracker.AutoDetectChangesEnabled = false;
                context.Audit.AddRange(batch.Select(AuditRows.ToRow));
                return await context.SaveChangesAsync(CancellationToken.None);
            });
            if (saved.Succeeded)
            {
                Interlocked.Add(ref _written, batch.Count);
                return;
            }

            if (_hurry.IsCancellationRequested)
            {
                Drop(batch.Count);
                return;
            }

            // Why is logged by the database.
            await Task.Delay(RetryAfter, _time, _hurry.Token).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    [LoggerMessage(1300, LogLevel.Error, "{Count} entries of the audit log have been lost since the server started: the database cannot follow.")]
    private static partial void LogDropped(ILogger log, long count);
}
