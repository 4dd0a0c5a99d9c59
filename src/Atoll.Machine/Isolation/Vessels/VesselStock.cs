using System.Collections.Concurrent;
using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;
using Atoll.Machine.Hosting;
using Atoll.Machine.Isolation.Runtimes;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Atoll.Machine.Isolation.Vessels;

/// <summary>
/// Keeps vessels ready, of the shapes whose memory was saved or restored lately and as many as were then asked for at once, and puts back what was taken when nobody asks. Each costs 13 MB. Those
/// that stay when the server is stopped end with it; those of one that died are swept by the next.
/// </summary>
internal sealed partial class VesselStock(
    VesselMaker maker, VesselBoarding boarding, IOptions<IsolationOptions> options, TimeProvider time, ILogger<VesselStock> log) : IVessels, IAsyncDisposable, IDisposable
{
    /// <summary>Making one takes a core for a tenth of a second: not while restores go on.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(30);
    private readonly ConcurrentDictionary<SandboxId, LaunchPlan> _running = new();
    private readonly Dictionary<string, VesselShelf> _shelves = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _asked = new(0, 1);
    private readonly CancellationTokenSource _stop = new();
    private Task? _work;
    private long _used;

    /// <summary>How many wait.</summary>
    public int Ready
    {
        get
        {
            lock (_lock) return _shelves.Values.Sum(shelf => shelf.Ready);
        }
    }

    public void Note(LaunchPlan plan)
    {
        if (Possible && Fits(plan)) _running[plan.Id] = plan;
    }

    public void Expect(SandboxId id)
    {
        if (_running.TryGetValue(id, out var plan)) Ask(maker.ShapeOf(plan), take: false);
    }

    public void Forget(SandboxId id) => _running.TryRemove(id, out _);

    public async Task<Result<RunningInit>?> TryRestoreAsync(LaunchPlan plan, CancellationToken cancellation)
    {
        if (!Possible || !Fits(plan)) return null;
        var shape = maker.ShapeOf(plan);
        if (Ask(shape, take: true) is not { } vessel) return null;
        var boarded = await boarding.BoardAsync(vessel, plan, shape.Room);
        Volatile.Write(ref _used, time.GetTimestamp());
        if (boarded is not { Succeeded: true }) await maker.DiscardAsync(vessel.Id);
        return boarded;
    }

    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested) return;
        await _stop.CancelAsync();
        Task? work;
        lock (_lock) work = _work;
        if (work is not null) await work;
        await DiscardAsync(_ => 0);
    }

    /// <summary>Whether there are ever any.</summary>
    public bool Possible => options.Value.Vessels > 0 && maker.Possible;

    /// <summary>Folders of the host are mounted where a sandbox is created, and each has others.</summary>
    private static bool Fits(LaunchPlan plan) => plan.Volumes.IsEmpty;

    private Vessel? Ask(VesselShape shape, bool take)
    {
        Vessel? vessel = null;
        lock (_lock)
        {
            if (_stop.IsCancellationRequested) return null;
            if (!_shelves.TryGetValue(shape.Key, out var shelf)) _shelves[shape.Key] = shelf = new VesselShelf(shape, new Demand(time, options.Value.VesselMemory));
            shelf.Ask();
            if (take) shelf.TryTake(out vessel);
            _used = time.GetTimestamp();
            _work ??= BackgroundLoop.RunAsync("Making sandboxes ahead, for saved memories,", RunAsync, time, log, _stop.Token);
        }

        Wake();
        return vessel;
    }

    private async Task RunAsync()
    {
        using var ticks = time.CreateTimer(_ => Wake(), null, LookAgain, LookAgain);
        try
        {
            while (true)
            {
                await _asked.WaitAsync(_stop.Token);
                await DiscardAsync(shelf => shelf.Wanted);
                while (true)
                {
                    await WaitForQuietAsync();
                    if (Next() is not { } missing) break;
                    await MakeAsync(missing);
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    private async Task MakeAsync(VesselShelf shelf)
    {
        var made = await maker.MakeAsync(shelf.Shape, _stop.Token);
        lock (_lock)
        {
            shelf.RestsSince = made.Succeeded ? null : time.GetTimestamp();
            if (made.TryGet(out var vessel, out _)) shelf.Add(vessel);
        }

        if (made.Fault is { } fault) LogNotMade(fault.Detail);
    }

    /// <summary>The shelf that misses most, while all of them together hold less than they may.</summary>
    private VesselShelf? Next()
    {
        lock (_lock)
        {
            if (_shelves.Values.Sum(shelf => shelf.Ready) >= options.Value.Vessels) return null;
            return _shelves.Values.Where(shelf => shelf.Wanted > shelf.Ready && (shelf.RestsSince is not { } failed || time.GetElapsedTime(failed) > LookAgain)).MaxBy(shelf => shelf.Wanted - shelf.Ready);
        }
    }

    private async Task DiscardAsync(Func<VesselShelf, int> keep)
    {
        List<Vessel> surplus = [];
        lock (_lock)
        {
            foreach (var shelf in _shelves.Values.ToArray())
            {
                while (shelf.Ready > keep(shelf) && shelf.TryTake(out var vessel)) surplus.Add(vessel);
                if (shelf is { Ready: 0, Wanted: 0 }) _shelves.Remove(shelf.Shape.Key);
            }
        }

        await Parallel.ForEachAsync(surplus, async (vessel, _) => await maker.DiscardAsync(vessel.Id));
    }

    private async Task WaitForQuietAsync()
    {
        while (Quiet - time.GetElapsedTime(Volatile.Read(ref _used)) is var rest && rest > TimeSpan.Zero) await Task.Delay(rest, time, _stop.Token);
    }

    private void Wake()
    {
        lock (_lock)
        {
            if (_asked.CurrentCount == 0) _asked.Release();
        }
    }

    [LoggerMessage(3140, LogLevel.Warning, "{Reason} Memories are restored without, which takes longer; tried again in half a minute")]
    private partial void LogNotMade(string reason);
}
