using System.Diagnostics.CodeAnalysis;
using Atoll.Core.Machines;
using Atoll.Core.Sandboxes;
using Atoll.Machine.Hosting;

namespace Atoll.Machine.Warm;

/// <summary>The warm sandboxes of one kind. The oldest is claimed first. Threads: any member at any time; no lock is shared with another shelf.</summary>
internal sealed class WarmShelf(WarmKey key, SandboxLimits limits, int floor, int ceiling, Demand demand, TimeProvider time)
{
    // What failed once fails again at once: the host is full, or the template is broken. Creates of this kind say so themselves.
    private static readonly TimeSpan RestAfterFailure = TimeSpan.FromSeconds(30);
    private readonly Lock _lock = new();
    private readonly LinkedList<WarmSandbox> _ready = new();
    private int _making;
    private long _cost;
    private long? _failedAt;

    public WarmKey Key => key;

    /// <summary>With which the next ones are started: what the last request of this kind asked for, so that a claim has least to change.</summary>
    public SandboxLimits Limits { get; private set; } = limits;

    /// <summary>One is asked for: it counts, whether one is ready or not.</summary>
    public void Ask(SandboxLimits limits)
    {
        lock (_lock)
        {
            Limits = limits;
            demand.Note();
        }
    }

    /// <summary>Takes one that is more than should be kept.</summary>
    public bool TryTakeSurplus([MaybeNullWhen(false)] out WarmSandbox sandbox)
    {
        lock (_lock)
        {
            sandbox = null;
            return _ready.Count > Target && TryTakeOldest(out sandbox);
        }
    }

    /// <summary>Takes one whatever is wanted: for a create, because the host needs what it holds, or because the pool closes.</summary>
    public bool TryTakeAny([MaybeNullWhen(false)] out WarmSandbox sandbox)
    {
        lock (_lock) return TryTakeOldest(out sandbox);
    }

    /// <summary>Takes this very one, if it is still here.</summary>
    public bool TryTake(WarmSandbox sandbox)
    {
        lock (_lock) return _ready.Remove(sandbox);
    }

    /// <summary>How many are to be made now: those being made are not missing, and none is while the shelf rests after a failure.</summary>
    public int Missing
    {
        get
        {
            lock (_lock)
            {
                if (_failedAt is { } failed && time.GetElapsedTime(failed) < RestAfterFailure) return 0;
                return Math.Max(0, Target - _ready.Count - _making);
            }
        }
    }

    /// <summary>Nothing is held, wanted or under way: the shelf may go.</summary>
    public bool IsIdle
    {
        get
        {
            lock (_lock) return Target == 0 && _ready.Count == 0 && _making == 0;
        }
    }

    /// <summary>What all of it uses, those being made by what the last one came to.</summary>
    public long Bytes
    {
        get
        {
            lock (_lock) return _ready.Sum(sandbox => sandbox.MemoryBytes) + (_making * _cost);
        }
    }

    /// <summary>What one more will use, by the last one made; before the first, what an idle one of its kind was measured to take.</summary>
    public long Cost
    {
        get
        {
            lock (_lock) return _cost > 0 ? _cost : (key.Isolation is IsolationKind.GVisor ? 56L : 8L) << 20;
        }
    }

    public void BeginMaking()
    {
        lock (_lock) _making++;
    }

    public void EndMaking(WarmSandbox? made)
    {
        lock (_lock)
        {
            _making--;
            _failedAt = made is null ? time.GetTimestamp() : null;
            if (made is null) return;
            _cost = made.MemoryBytes;
            _ready.AddLast(made);
        }
    }

    /// <summary>One that was reserved and is not needed: the next to be claimed.</summary>
    public void PutBack(WarmSandbox sandbox)
    {
        lock (_lock) _ready.AddFirst(sandbox);
    }

    public WarmPoolStatus Status
    {
        get
        {
            lock (_lock) return new(key.Template, key.Isolation, key.Cpu, key.MemoryMiB, _ready.Count, Target, _ready.Sum(sandbox => sandbox.MemoryBytes));
        }
    }

    private int Target => Math.Max(floor, Math.Min(demand.Peak, ceiling));

    private bool TryTakeOldest([MaybeNullWhen(false)] out WarmSandbox sandbox)
    {
        sandbox = _ready.First?.Value;
        if (sandbox is null) return false;
        _ready.RemoveFirst();
        return true;
    }
}
