using System.Threading.Channels;
using Atoll.Core.Faults;
using Atoll.Core.Teams.Audit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Atoll.Core.Store;

/// <summary>
/// A bounded queue in front of the database. Entries are gathered for a tenth of a second and written together, so that a loop of execs costs ten transactions a second and not one
/// each; until then they lie in the <see cref="AuditJournal"/>, where the next server finds what a killed one had not written. A batch that the database refuses is kept and tried
/// again; meanwhile the queue fills, requests wait shortly, and then entries are dropped, counted and logged.
/// <para>A hosted service and not a loop of Core's: it is registered before the web server and so stopped after it, when the last request has been told of.</para>
/// </summary>
internal sealed partial class AuditLog : IAuditLog, IHostedService, IDisposable
{
    private const int Batch = 500;
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan TellDropsEvery = TimeSpan.FromMinutes(1);

    private readonly Channel<Waiting> _queue;
    private readonly Database _database;
    private readonly AuditJournal _journal;
    private readonly AuditPages _pages;
    private readonly TimeProvider _time;
    private readonly ILogger<AuditLog> _log;
    private readonly TimeSpan _patience;
    private readonly CancellationTokenSource _hurry = new();
    private readonly CancellationTokenSource _stopping = new();
    private Task _writing = Task.CompletedTask;
    private long _leftBehind;
    private long _written;
    private long _dropped;
    private long _toldAt;

    public AuditLog(Database database, AuditJournal journal, AuditPages pages, IOptions<AuditOptions> options, TimeProvider time, ILogger<AuditLog> log)
    {
        (_database, _journal, _pages, _time, _log) = (database, journal, pages, time, log);
        _patience = TimeSpan.FromMilliseconds(options.Value.PatienceMilliseconds);
        _queue = Channel.CreateBounded<Waiting>(new BoundedChannelOptions(options.Value.QueueLength) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true });
    }

    public AuditFigures Figures => new(Interlocked.Read(ref _written), Interlocked.Read(ref _dropped), _queue.Reader.Count + Interlocked.Read(ref _leftBehind));

    public ValueTask AddAsync(AuditEntry entry)
    {
        Waiting waiting = new(entry, _journal.Add(entry));
        return _queue.Writer.TryWrite(waiting) ? ValueTask.CompletedTask : AddPatientlyAsync(waiting);
    }

    public Task<Result<AuditPage>> ReadAsync(AuditQuery query, CancellationToken cancellation) => _pages.ReadAsync(query, cancellation);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var (entries, files) = _journal.Left();
        if (entries.Count > 0) LogFound(_log, entries.Count);
        Interlocked.Exchange(ref _leftBehind, entries.Count);
        _writing = Task.Run(() => WriteAllAsync(entries, files), CancellationToken.None);
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

    private async ValueTask AddPatientlyAsync(Waiting entry)
    {
        if (_patience == TimeSpan.Zero)
        {
            GiveUp(entry);
            return;
        }

        using var patience = new CancellationTokenSource(_patience, _time);
        try
        {
            await _queue.Writer.WriteAsync(entry, patience.Token);
        }
        catch (Exception failure) when (failure is OperationCanceledException or ChannelClosedException)
        {
            GiveUp(entry);
        }
    }

    private void GiveUp(Waiting entry)
    {
        _journal.Settle([entry.File]);
        Drop(1);
    }

    private void Drop(int count)
    {
        var dropped = Interlocked.Add(ref _dropped, count);

        // The first at once, then at most one line a minute with the sum.
        var (now, told) = (_time.GetTimestamp(), Interlocked.Read(ref _toldAt));
        if (told != 0 && _time.GetElapsedTime(told, now) < TellDropsEvery) return;
        if (Interlocked.CompareExchange(ref _toldAt, Math.Max(now, 1), told) == told) LogDropped(_log, dropped);
    }

    private async Task WriteAllAsync(IReadOnlyList<AuditEntry> left, IReadOnlyList<string> files)
    {
        await WriteLeftAsync(left, files);
        var batch = new List<Waiting>(Batch);
        while (await _queue.Reader.WaitToReadAsync())
        {
            // The system's own clock: nothing that anybody is promised depends on this wait.
            if (_queue.Reader.Count < Batch) await Task.Delay(Gather, TimeProvider.System, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            while (batch.Count < Batch && _queue.Reader.TryRead(out var entry)) batch.Add(entry);
            if (await WriteAsync([.. batch.Select(x => x.Entry)], mayBeThere: false)) _journal.Settle(batch.Select(x => x.File));
            else if (batch.Count(x => x.File is null) is > 0 and var lost) Drop(lost);
            batch.Clear();
        }
    }

    private async Task WriteLeftAsync(IReadOnlyList<AuditEntry> left, IReadOnlyList<string> files)
    {
        foreach (var chunk in left.Chunk(Batch))
        {
            if (!await WriteAsync(chunk, mayBeThere: true)) return;
            Interlocked.Add(ref _leftBehind, -chunk.Length);
        }

        try
        {
            AuditJournal.Forget(files);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // Found again by the next server, which sees that all of it is in the database.
            LogNotForgotten(_log, failure.Message);
        }
    }

    /// <summary>False when the host is out of patience before the database was willing.</summary>
    private async Task<bool> WriteAsync(IReadOnlyList<AuditEntry> batch, bool mayBeThere)
    {
        while (true)
        {
            var saved = await _database.WriteAsync(async context =>
            {
                context.ChangeTracker.AutoDetectChangesEnabled = false;
                var missing = mayBeThere ? await MissingAsync(context, batch) : batch;
                context.Audit.AddRange(missing.Select(AuditRows.ToRow));
                await context.SaveChangesAsync(CancellationToken.None);
                return missing.Count;
            });
            if (saved.TryGet(out var written, out _))
            {
                Interlocked.Add(ref _written, written);
                return true;
            }

            if (_hurry.IsCancellationRequested) return false;

            // Why is logged by the database.
            await Task.Delay(RetryAfter, _time, _hurry.Token).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    /// <summary>The server may have been killed between the commit and its note of it. No two requests have the same moment (100 ns), id and operation.</summary>
    private static async Task<IReadOnlyList<AuditEntry>> MissingAsync(AtollContext context, IReadOnlyList<AuditEntry> batch)
    {
        var (first, last) = (batch.Min(x => x.At), batch.Max(x => x.At));
        var there = await context.Audit.AsNoTracking().Where(x => x.At >= first && x.At <= last).Select(x => new { x.At, x.RequestId, x.Action }).ToListAsync();
        var known = there.Select(x => (x.At, x.RequestId, x.Action)).ToHashSet();
        return [.. batch.Where(x => !known.Contains((x.At, x.RequestId, x.Action)))];
    }

    [LoggerMessage(1300, LogLevel.Error, "{Count} entries of the audit log have been lost since the server started: the database cannot follow.")]
    private static partial void LogDropped(ILogger log, long count);

    [LoggerMessage(1302, LogLevel.Information, "The server before this one was killed: {Count} entries of the audit log are written now.")]
    private static partial void LogFound(ILogger log, int count);

    [LoggerMessage(1303, LogLevel.Warning, "The audit log's journal could not be emptied, which is tried again at the next start: {Why}")]
    private static partial void LogNotForgotten(ILogger log, string why);

    private readonly record struct Waiting(AuditEntry Entry, AuditJournalFile? File);
}
