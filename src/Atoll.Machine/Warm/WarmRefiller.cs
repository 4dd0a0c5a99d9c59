using Atoll.Core.Machines;
using Atoll.Machine.Hosting;
using Atoll.Machine.Isolation.Watching;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Atoll.Machine.Warm;

/// <summary>
/// Makes what the shelves miss and discards what they have too much of, in the background and behind every create. Stops with the server, and then discards all: nothing that
/// nobody asked for is left running.
/// </summary>
internal sealed partial class WarmRefiller(
    WarmShelves shelves, RefillSignal signal, IWarmMaker maker, IExitWatcher watcher, IOptions<WarmOptions> options, TimeProvider time, ILogger<WarmRefiller> log) : IAsyncDisposable
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);
    private readonly CancellationTokenSource _stop = new();
    private Task _work = Task.CompletedTask;

    /// <summary>Begins to fill, once the machine is open.</summary>
    public void Start(MachineDescription host)
    {
        if (!options.Value.Enabled) return;
        var budget = options.Value.MemoryMiB > 0 ? (long)options.Value.MemoryMiB << 20 : host.MemoryBytes / 8;
        var workers = options.Value.Parallelism > 0 ? options.Value.Parallelism : Math.Max(1, host.Cores / 2);
        _work = BackgroundLoop.RunAsync("Making warm sandboxes", () => RunAsync(budget, workers), time, log, _stop.Token);
        signal.Changed();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _work;
        var all = new List<WarmSandbox>();
        foreach (var shelf in shelves.All)
        {
            while (shelf.TryTakeAny(out var sandbox)) all.Add(sandbox);
        }

        await Parallel.ForEachAsync(all, async (sandbox, _) => await DiscardAsync(sandbox));
        _stop.Dispose();
    }

    private async Task RunAsync(long budget, int workers)
    {
        using var ticks = time.CreateTimer(_ => signal.Changed(), null, LookAgain, LookAgain);
        try
        {
            while (true)
            {
                await signal.WaitAsync(_stop.Token);
                await TrimAsync();
                while (Next(budget) is { } shelf)
                {
                    await WaitForQuietAsync();
                    await FillAsync(shelf, budget, workers);
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    /// <summary>The shelf that misses the largest part of what it should have, and may have one more.</summary>
    private WarmShelf? Next(long budget)
    {
        var used = shelves.All.Sum(shelf => shelf.Bytes);
        return shelves.All.Where(shelf => shelf.Missing > 0 && used + shelf.Cost <= budget).MaxBy(shelf => (double)shelf.Missing / shelf.Status.Target);
    }

    private async Task FillAsync(WarmShelf shelf, long budget, int workers)
    {
        var room = Math.Max(1, (budget - shelves.All.Sum(other => other.Bytes)) / shelf.Cost);
        var count = (int)Math.Min(Math.Min(shelf.Missing, workers), room);
        await Task.WhenAll(Enumerable.Range(0, count).Select(_ => MakeAsync(shelf)));
    }

    private async Task MakeAsync(WarmShelf shelf)
    {
        WarmSandbox? sandbox = null;
        shelf.BeginMaking();
        try
        {
            var made = await maker.MakeAsync(shelf.Key, shelf.Limits, _stop.Token);
            if (made.TryGet(out sandbox, out var fault)) _ = WatchAsync(shelf, sandbox);
            else LogNotMade(shelf.Key.ToString(), fault.Detail);
        }
        finally
        {
            shelf.EndMaking(sandbox);
        }
    }

    /// <summary>One that dies on its shelf is freed and made anew.</summary>
    private async Task WatchAsync(WarmShelf shelf, WarmSandbox sandbox)
    {
        try
        {
            var exit = await watcher.WaitAsync(sandbox.Id, sandbox.Handle.Init, sandbox.Left.Token);
            sandbox.MarkDead();
            LogDied(sandbox.Id.Value, exit.Detail);
            if (shelf.TryTake(sandbox)) await DiscardAsync(sandbox);
            signal.Changed();
        }
        catch (OperationCanceledException)
        {
            // Claimed or discarded.
        }
        catch (IOException failure)
        {
            LogUnwatched(sandbox.Id.Value, failure.Message);
        }
    }

    private async Task TrimAsync()
    {
        foreach (var shelf in shelves.All)
        {
            while (shelf.TryTakeSurplus(out var sandbox)) await DiscardAsync(sandbox);
        }

        shelves.Forget();
    }

    private async Task DiscardAsync(WarmSandbox sandbox)
    {
        await sandbox.Left.CancelAsync();
        await maker.DiscardAsync(sandbox.Id);
    }

    private async Task WaitForQuietAsync()
    {
        var begun = time.GetTimestamp();
        while (true)
        {
            var rest = signal.ColdStartUnderWay ? options.Value.Quiet : options.Value.Quiet - signal.Quiet;
            if (rest <= TimeSpan.Zero || time.GetElapsedTime(begun) >= LongestWait) return;
            await Task.Delay(rest, time, _stop.Token);
        }
    }

    [LoggerMessage(2301, LogLevel.Warning, "A warm sandbox of {Kind} could not be made; tried again in half a minute: {Reason}")]
    private partial void LogNotMade(string kind, string reason);

    [LoggerMessage(2302, LogLevel.Warning, "Warm sandbox {Sandbox} ended before it was asked for: {Detail}")]
    private partial void LogDied(string sandbox, string detail);

    [LoggerMessage(2303, LogLevel.Warning, "Warm sandbox {Sandbox} cannot be watched: {Reason}")]
    private partial void LogUnwatched(string sandbox, string reason);
}
