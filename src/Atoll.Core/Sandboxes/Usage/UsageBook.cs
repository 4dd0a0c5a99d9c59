using System.Collections.Concurrent;
using Atoll.Core.Lifetime;
using Atoll.Core.Sandboxes.Living;
using Atoll.Core.Sandboxes.Metering;
using Atoll.Core.Store;
using Atoll.Core.Store.Rows;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Atoll.Core.Sandboxes.Usage;

/// <summary>
/// Keeps accounts: hands each measurement to its sandbox's meter, and saves what the meters hold, in batches and beside all calls. At the start it takes up what an earlier
/// server saved; until then measurements are passed over, which loses nothing, because counters go on counting.
/// <para>Bounds. A living sandbox's meter is one row and those that could not be saved yet, one for each hour; ended sandboxes that could not be saved yet are kept up to
/// <see cref="MostEnded"/>, which is a database that has been gone for long.</para>
/// </summary>
internal sealed partial class UsageBook(SandboxDirectory directory, UsageStore store, IOptions<UsageOptions> options, UsageMetrics metrics, TimeProvider time, ILogger<UsageBook> log) : ICoreLoop
{
    private const int Batch = 500;
    private const int MostEnded = 100_000;
    private readonly ConcurrentQueue<SandboxMeter> _ended = new();
    private readonly TaskCompletionSource _resumed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Done when what an earlier server saved has been taken up.</summary>
    public Task Resumed => _resumed.Task;

    /// <summary>A measurement of a sandbox in the state that it is in; null for one at rest, of which time is all there is to measure.</summary>
    public void Note(LiveEntry entry, SandboxUsage? usage)
    {
        if (_resumed.Task.IsCompletedSuccessfully) Add(entry, usage, last: false);
    }

    /// <summary>The last measurement of a sandbox that ends; null where there could be none. What comes later is passed over.</summary>
    public void Close(LiveEntry entry, SandboxUsage? usage)
    {
        if (entry.Sandbox.StartedAt is null || !_resumed.Task.IsCompletedSuccessfully) return;
        Add(entry, usage, last: true);
        if (_ended.Count < MostEnded) _ended.Enqueue(entry.Meter);
        else LogForgotten(log, entry.Sandbox.Id);
    }

    public async Task RunAsync(CancellationToken stopping)
    {
        using PeriodicTimer timer = new(TimeSpan.FromSeconds(options.Value.SaveSeconds), time);
        while (!await ResumeAsync(stopping)) await timer.WaitForNextTickAsync(stopping);
        try
        {
            while (await timer.WaitForNextTickAsync(stopping)) await SaveAsync();
        }
        finally
        {
            await SaveAsync();
        }
    }

    /// <summary>Saves all that is not saved. One at a time.</summary>
    internal async Task SaveAsync()
    {
        List<SandboxMeter> ended = [];
        while (_ended.TryDequeue(out var meter)) ended.Add(meter);

        // One that is being removed is in both: measured for the last time, and not yet out of the directory.
        var left = await SaveAsync([.. directory.Living.Select(x => x.Meter).Union(ended)]);
        foreach (var meter in ended.Where(left.Contains)) _ended.Enqueue(meter);
    }

    /// <summary>Returns those that could not be saved.</summary>
    private async Task<HashSet<SandboxMeter>> SaveAsync(IReadOnlyList<SandboxMeter> meters)
    {
        HashSet<SandboxMeter> left = [];
        foreach (var some in meters.Select(meter => (Meter: meter, Unsaved: meter.Unsaved())).Where(x => x.Unsaved.Rows.Count > 0).Chunk(Batch))
        {
            List<UsageRow> rows = [.. some.SelectMany(x => x.Unsaved.Rows)];
            var saved = left.Count == 0 && (await store.SaveAsync(rows)).Succeeded; // A refusal is logged by the database, and stands for all that would follow.
            foreach (var (meter, unsaved) in some)
            {
                if (saved) meter.Saved(unsaved.Rows, unsaved.Sample);
                else left.Add(meter);
            }
        }

        return left;
    }

    private async Task<bool> ResumeAsync(CancellationToken stopping)
    {
        var living = directory.Living.ToDictionary(x => x.Sandbox.Id.Value);
        foreach (var some in living.Keys.Chunk(Batch))
        {
            if (!(await store.NewestAsync(some, stopping)).TryGet(out var rows, out _)) return false; // Logged by the database.
            foreach (var row in rows) living[row.Sandbox].Meter.Resume(row);
        }

        _resumed.TrySetResult();
        return true;
    }

    private void Add(LiveEntry entry, SandboxUsage? usage, bool last)
    {
        if (entry.Sandbox is not { StartedAt: { } started } sandbox) return;
        var state = sandbox.State switch { SandboxState.Paused => MeteredState.Paused, SandboxState.Suspended or SandboxState.Stopped => MeteredState.Suspended, SandboxState.Archived => MeteredState.Archived, _ => MeteredState.Running };
        if (entry.Meter.Add(usage, state, sandbox.Spec.Limits.MemoryMiB, started, time, last) is { } added) metrics.Used(added);
    }

    [LoggerMessage(1280, LogLevel.Error, "What sandbox {Sandbox} used since it was last saved is forgotten: too many have ended since the database was last there.")]
    private static partial void LogForgotten(ILogger log, SandboxId sandbox);
}
