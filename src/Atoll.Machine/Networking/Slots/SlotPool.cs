using System.Threading.Channels;
using Atoll.Core.Faults;
using Atoll.Machine.Hosting;
using Atoll.Machine.Networking.Addresses;
using Microsoft.Extensions.Logging;

namespace Atoll.Machine.Networking.Slots;

/// <summary>
/// Which slot is whose. A number is <i>free</i> (nothing of it exists), <i>ready</i>, <i>claimed</i> or <i>draining</i>; free ones are made when fewer than the floor are ready,
/// draining ones are re-armed when their time is up, and thrown away when they cannot be or when enough are idle. Two background tasks do all the work; a claim only takes.
/// <para>Threads: any member at any time.</para>
/// </summary>
internal sealed partial class SlotPool : IAsyncDisposable
{
    private const int MostAtOnce = 32;
    private static readonly TimeSpan RetryAfterFailure = TimeSpan.FromSeconds(1);
    private readonly SlotFactory _factory;
    private readonly SlotNames _names;
    private readonly NetworkOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<SlotPool> _log;
    private readonly Channel<NetworkSlot> _ready;
    private readonly Channel<(NetworkSlot Slot, long Since)> _draining;
    private readonly SemaphoreSlim _wanted = new(0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private readonly SortedSet<int> _free = [];
    private readonly HashSet<int> _claimed = [];
    private readonly int _most;
    private int _next;
    private int _waiting;
    private Task _work = Task.CompletedTask;

    public SlotPool(SlotFactory factory, SlotNames names, AddressPlan plan, NetworkOptions options, TimeProvider time, ILogger<SlotPool> log)
    {
        (_factory, _names, _options, _time, _log) = (factory, names, options, time, log);
        _most = options.MaxSlots > 0 ? Math.Min(options.MaxSlots, plan.Count) : plan.Count;
        // Neither can ever hold more than there are numbers, so writing never waits.
        _ready = Channel.CreateBounded<NetworkSlot>(plan.Count);
        _draining = Channel.CreateBounded<(NetworkSlot, long)>(plan.Count);
    }

    public int Ready => _ready.Reader.Count;

    /// <summary>Begins to fill, with these numbers already taken.</summary>
    public void Start(IEnumerable<int> owned)
    {
        foreach (var number in owned)
        {
            _claimed.Add(number);
            while (_next <= number) _free.Add(_next++);
            _free.Remove(number);
        }

        _work = Task.WhenAll(
            BackgroundLoop.RunAsync("Making network slots", FillAsync, _time, _log, _stop.Token), BackgroundLoop.RunAsync("Recycling network slots", DrainAsync, _time, _log, _stop.Token));
        _wanted.Release();
    }

    public async Task<Result<NetworkSlot>> ClaimAsync(CancellationToken cancellation)
    {
        if (!_ready.Reader.TryRead(out var slot))
        {
            lock (_lock)
            {
                if (_claimed.Count >= _most) return Exhausted();
                _waiting++;
            }

            try
            {
                Wake();
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _stop.Token);
                using var timer = _time.CreateTimer(_ => Expire(limit), null, _options.ClaimTimeout, Timeout.InfiniteTimeSpan);
                slot = await _ready.Reader.ReadAsync(limit.Token);
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                return _stop.IsCancellationRequested
                    ? new Fault(FaultCode.ShuttingDown, FaultSide.Server, FaultStage.Network, "The server is stopping.")
                    : Late();
            }
            finally
            {
                lock (_lock) _waiting--;
            }
        }

        lock (_lock) _claimed.Add(slot.Number);
        Wake();
        return slot;
    }

    /// <summary>Takes a slot back. One that nobody holds (released twice) is left alone.</summary>
    /// <param name="close">Done while the slot is nobody's: before it, the former owner has it; after it, the next one may.</param>
    public void Release(NetworkSlot slot, Action<NetworkSlot> close)
    {
        lock (_lock)
        {
            if (!_claimed.Remove(slot.Number)) return;
        }

        try
        {
            close(slot);
        }
        finally
        {
            _draining.Writer.TryWrite((slot, _time.GetTimestamp()));
        }
    }

    public async ValueTask DisposeAsync()
    {
        // Neither it nor the semaphore is disposed: a claim or release may still come in, and is told that the server stops.
        await _stop.CancelAsync();
        await _work;
    }

    private async Task FillAsync()
    {
        while (await WaitAsync(_wanted.WaitAsync(_stop.Token)))
        {
            while (!_stop.IsCancellationRequested && TakeNumber() is { } number)
            {
                try
                {
                    var slot = _names.Slot(number);
                    _factory.Make(slot);
                    _ready.Writer.TryWrite(slot);
                }
                catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or AggregateException)
                {
                    LogNotMade(number, failure);
                    PutBack(number);
                    if (!await WaitAsync(Task.Delay(RetryAfterFailure, _time, _stop.Token))) return;
                }
            }
        }
    }

    private async Task DrainAsync()
    {
        while (await WaitAsync(_draining.Reader.WaitToReadAsync(_stop.Token).AsTask()))
        {
            while (_draining.Reader.TryRead(out var released))
            {
                var left = _options.DrainTime - _time.GetElapsedTime(released.Since);
                if (left > TimeSpan.Zero && !await WaitAsync(Task.Delay(left, _time, _stop.Token))) return;
                Recycle([released.Slot, .. TakeRested()]);
            }
        }
    }

    // Those that are due as well: what one recycling costs is mostly what many do.
    private IEnumerable<NetworkSlot> TakeRested()
    {
        for (var taken = 1; taken < MostAtOnce && _draining.Reader.TryPeek(out var next) && _time.GetElapsedTime(next.Since) >= _options.DrainTime; taken++)
        {
            if (_draining.Reader.TryRead(out var rested)) yield return rested.Slot;
        }
    }

    private void Recycle(IReadOnlyCollection<NetworkSlot> slots)
    {
        var spent = new List<NetworkSlot>();
        try
        {
            _factory.Forget(slots);
            foreach (var slot in slots)
            {
                if (Ready < _options.MaxIdleSlots + _waiting && SlotFactory.TryRearm(slot)) _ready.Writer.TryWrite(slot);
                else spent.Add(slot);
            }

            _factory.Remove(spent);
            foreach (var slot in spent) PutBack(slot.Number);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or AggregateException)
        {
            // Their numbers stay out of use until the next start, which sweeps them.
            LogNotRecycled(slots.Count, failure);
        }

        Wake();
    }

    private int? TakeNumber()
    {
        lock (_lock)
        {
            if (Ready >= _options.ReadySlots + _waiting) return null;
            if (_free.Count > 0)
            {
                var least = _free.Min;
                _free.Remove(least);
                return least;
            }

            return _next < _most ? _next++ : null;
        }
    }

    private void PutBack(int number)
    {
        lock (_lock) _free.Add(number);
    }

    private void Wake()
    {
        if (_wanted.CurrentCount == 0) _wanted.Release();
    }

    private static async Task<bool> WaitAsync(Task task)
    {
        try
        {
            await task;
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private static void Expire(CancellationTokenSource limit)
    {
        try
        {
            limit.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The claim ended in the same moment.
        }
    }

    private Fault Late()
    {
        lock (_lock)
        {
            if (_claimed.Count >= _most) return Exhausted();
        }

        return new Fault(FaultCode.Timeout, FaultSide.Host, FaultStage.Network, $"No network slot became ready within {_options.ClaimTimeout.TotalSeconds:0.#} s.",
            "Try again; if it stays so, the server's log says why slots cannot be made.");
    }

    private Fault Exhausted() => new(FaultCode.CapacityExhausted, FaultSide.Host, FaultStage.Network, $"All {_most} network addresses of this node are in use.",
        $"Remove sandboxes, or give the node a larger range ({NetworkOptions.Section}:{nameof(NetworkOptions.AddressRange)}).");

    [LoggerMessage(4001, LogLevel.Error, "Network slot {Slot} could not be made")]
    private partial void LogNotMade(int slot, Exception failure);

    [LoggerMessage(4002, LogLevel.Error, "Of {Count} used network slots, some could not be recycled")]
    private partial void LogNotRecycled(int count, Exception failure);
}
