using System.Collections.Concurrent;
using System.Net;
using System.Threading.Channels;
using Atoll.Core.Faults;
using Atoll.Core.Guests;
using Atoll.Core.Machines;
using Atoll.Core.Sandboxes;
using Atoll.Core.Templates;

namespace Atoll.Core.Tests.Fakes;

/// <summary>
/// A host whose sandboxes are names in a set, which outlives the server under test as a real one does. What each step does is scripted by replacing its function; it checks
/// the contract's preconditions.
/// </summary>
internal sealed partial class FakeMachine : IMachine, ISandboxSleep
{
    private readonly ConcurrentDictionary<SandboxId, FakeGuest> _live = new();
    private readonly ConcurrentDictionary<SandboxId, bool> _busy = new();
    private readonly ConcurrentDictionary<SandboxId, bool> _diskless = new();
    private Channel<SandboxExit> _exits = Channel.CreateUnbounded<SandboxExit>();

    public ConcurrentQueue<string> Calls { get; } = new();

    public IReadOnlySet<SandboxId> Live => _live.Keys.ToHashSet();

    public Func<SandboxId, CancellationToken, Task<Fault?>> OnStart { get; set; } = (_, _) => Task.FromResult<Fault?>(null);

    public Func<SandboxId, Task<Fault?>> OnRemove { get; set; } = _ => Task.FromResult<Fault?>(null);

    public Func<SandboxId, SandboxLimits, Task<Fault?>> OnLimits { get; set; } = (_, _) => Task.FromResult<Fault?>(null);

    public Func<SandboxId, double> CpuSeconds { get; set; } = _ => 0;

    /// <summary>Has work to do, however little processor time it got.</summary>
    public Func<SandboxId, bool> AtWork { get; set; } = _ => false;

    /// <summary>What a measurement finds, besides <see cref="CpuSeconds"/>.</summary>
    public Func<SandboxId, SandboxUsage> Usage { get; set; } = _ => new(default, 0, 1, 1, 1, 1, 1);

    public MachineDescription Description { get; set; } = new(
        "node-1",
        [new(IsolationKind.GVisor, "runsc test", null), new(IsolationKind.Container, null, "runc is not installed: apt install runc")],
        "btrfs",
        8,
        1024L << 30,
        new(8, 65536, 1 << 20, 32768));

    public IReadOnlyList<Template> Templates { get; set; } = [new("default", 1, DateTimeOffset.UnixEpoch, "user", "/home/user"), new("minimal", 1, DateTimeOffset.UnixEpoch, "root", "/")];

    public IReadOnlyList<WarmPoolStatus> WarmPool => [];

    public ReservedId Reserve(SandboxSpec spec) => new(SandboxId.New(), HoldsReady);

    /// <summary>Every create finds a warm one.</summary>
    public bool HoldsReady { get; set; }

    public void Unreserve(SandboxId id) => Calls.Enqueue($"unreserve {id}");

    public async Task<Result<StartedSandbox>> StartAsync(SandboxId id, SandboxSpec spec, CancellationToken cancellation)
    {
        Calls.Enqueue($"start {id}");
        using var _ = Alone(id);
        if (await OnStart(id, cancellation) is { } fault) return fault;
        _live[id] = new();
        return new StartedSandbox(id, IPAddress.Loopback);
    }

    public async Task<Result<Done>> RemoveAsync(SandboxId id, CancellationToken cancellation)
    {
        Calls.Enqueue($"remove {id}");
        using var _ = Alone(id);
        if (await OnRemove(id) is { } fault) return fault;
        _live.TryRemove(id, out var _);
        _atRest.TryRemove(id, out var _);
        return Done.Value;
    }

    public IGuest? FindGuest(SandboxId id) => _live.GetValueOrDefault(id);

    public async Task<Result<Done>> ApplyLimitsAsync(SandboxId id, SandboxLimits limits, CancellationToken cancellation)
    {
        Calls.Enqueue($"limits {id} {limits.MemoryMiB}");
        return await OnLimits(id, limits) is { } fault ? fault : Done.Value;
    }

    public Task<Result<SandboxUsage>> MeasureAsync(SandboxId id, CancellationToken cancellation)
    {
        Calls.Enqueue($"measure {id}");
        Result<SandboxUsage> usage = _live.ContainsKey(id)
            ? Usage(id) with { At = Clock.GetUtcNow(), CpuSeconds = CpuSeconds(id) }
            : new Fault(FaultCode.HostFailure, FaultSide.Host, FaultStage.Isolation, "Not live.");
        return Task.FromResult(usage);
    }

    public Task<bool> IsAtWorkAsync(SandboxId id) => Task.FromResult(AtWork(id));

    public TimeProvider Clock { get; set; } = TimeProvider.System;

    public IAsyncEnumerable<SandboxExit> Exits(CancellationToken cancellation) => _exits.Reader.ReadAllAsync(cancellation);

    /// <summary>What saved memory takes.</summary>
    public long SavedBytes { get; set; } = 3 << 20;

    public long MemoryBytes(CheckpointId disk) => SavedBytes;

    public Func<SandboxId, Fault?> OnFree { get; set; } = _ => null;

    public Task<Result<Done>> FreeDiskAsync(SandboxId id, CancellationToken cancellation)
    {
        Calls.Enqueue($"free {id}");
        if (OnFree(id) is { } fault) return Task.FromResult<Result<Done>>(fault);
        _atRest.TryRemove(id, out _);
        return Task.FromResult<Result<Done>>(Done.Value);
    }

    public Task<Result<Done>> PlaceDiskAsync(SandboxId id, SandboxSpec spec, CheckpointId saved, CancellationToken cancellation)
    {
        Calls.Enqueue($"place {id}");
        _atRest[id] = true;
        return Task.FromResult<Result<Done>>(Done.Value);
    }

    public Task<RecoveredSandboxes> RecoverAsync(KnownSandboxes known, CancellationToken cancellation)
    {
        _exits = Channel.CreateUnbounded<SandboxExit>();
        foreach (var id in _live.Keys.Where(id => !known.Owned.ContainsKey(id))) _live.TryRemove(id, out _);
        var attached = known.Owned.Keys.Where(id => _live.ContainsKey(id) || (known.Halted.Contains(id) && !_diskless.ContainsKey(id))).Concat(known.AtRest.Where(_atRest.ContainsKey)).ToHashSet();
        var lost = known.Owned.Keys.Where(id => !attached.Contains(id) && !_diskless.ContainsKey(id)).ToHashSet();
        foreach (var id in lost) _atRest[id] = true;
        foreach (var id in _atRest.Keys.Where(id => !known.AtRest.Contains(id) && !known.Halted.Contains(id) && !lost.Contains(id))) _atRest.TryRemove(id, out _);
        _paused.Clear();
        foreach (var id in known.Paused) _paused[id] = true;
        return Task.FromResult(new RecoveredSandboxes(attached, lost));
    }

    /// <summary>Process 1 ends by itself.</summary>
    public void Exit(SandboxId id, EndReason reason) => _exits.Writer.TryWrite(new(id, reason, "exit status 137"));

    /// <summary>The host loses a sandbox while no server looks.</summary>
    public void Lose(SandboxId id) => _live.TryRemove(id, out _);

    /// <summary>And its disk with it.</summary>
    public void LoseDisk(SandboxId id)
    {
        Lose(id);
        _diskless[id] = true;
    }

    /// <summary>A start whose server was killed: something of it is there, and nobody waits for it.</summary>
    public void LeaveBehind(SandboxId id) => _live[id] = new();

    private Releaser Alone(SandboxId id)
    {
        if (!_busy.TryAdd(id, true)) throw new InvalidOperationException($"A start and a removal of {id} at one time.");
        return new(() => _busy.TryRemove(id, out _));
    }

    private readonly struct Releaser(Action release) : IDisposable
    {
        public void Dispose() => release();
    }
}
