using System.Collections.Concurrent;
using System.Net;
using Atoll.Core.Faults;
using Atoll.Core.Machines;
using Atoll.Core.Sandboxes;

namespace Atoll.Core.Tests.Fakes;

/// <summary>Sandboxes that sleep: names in further sets.</summary>
internal sealed partial class FakeMachine
{
    private readonly ConcurrentDictionary<SandboxId, bool> _paused = new();
    private readonly ConcurrentDictionary<SandboxId, bool> _atRest = new();
    private readonly ConcurrentDictionary<CheckpointId, bool> _memory = new();

    public IReadOnlySet<SandboxId> Paused => _paused.Keys.ToHashSet();

    /// <summary>Those that have a disk and nothing else.</summary>
    public IReadOnlySet<SandboxId> AtRest => _atRest.Keys.ToHashSet();

    public IReadOnlySet<CheckpointId> WithMemory => _memory.Keys.ToHashSet();

    public Func<SandboxId, Task<Fault?>> OnRest { get; set; } = _ => Task.FromResult<Fault?>(null);

    public Func<SandboxId, Task<Fault?>> OnWake { get; set; } = _ => Task.FromResult<Fault?>(null);

    public Func<SandboxId, Task<Fault?>> OnSaveMemory { get; set; } = _ => Task.FromResult<Fault?>(null);

    public Task<Result<Done>> PauseAsync(SandboxId id, CancellationToken cancellation)
    {
        Calls.Enqueue($"pause {id}");
        _paused[id] = true;
        return Task.FromResult<Result<Done>>(Done.Value);
    }

    public Task<Result<Done>> ResumeAsync(SandboxId id, CancellationToken cancellation)
    {
        Calls.Enqueue($"resume {id}");
        _paused.TryRemove(id, out _);
        return Task.FromResult<Result<Done>>(Done.Value);
    }

    public async Task<Result<Done>> SaveMemoryAsync(SandboxId id, CheckpointId disk, CancellationToken cancellation)
    {
        Calls.Enqueue($"save memory {id}");
        _paused.TryRemove(id, out _);
        if (await OnSaveMemory(id) is { } fault) return fault;
        _memory[disk] = true;
        return Done.Value;
    }

    public bool HasMemory(CheckpointId disk) => _memory.ContainsKey(disk);

    public Task<bool> HasProcessesAsync(SandboxId id, CancellationToken cancellation) => Task.FromResult(_live.ContainsKey(id));

    public async Task<Result<Done>> RestAsync(SandboxId id, CancellationToken cancellation)
    {
        Calls.Enqueue($"rest {id}");
        using var _ = Alone(id);
        if (await OnRest(id) is { } fault) return fault;
        _live.TryRemove(id, out var _);
        _paused.TryRemove(id, out var _);
        _atRest[id] = true;
        return Done.Value;
    }

    public async Task<Result<StartedSandbox>> WakeAsync(SandboxId id, SandboxSpec spec, CheckpointId? memory, CancellationToken cancellation)
    {
        Calls.Enqueue($"wake {id}");
        using var _ = Alone(id);
        if (!_atRest.ContainsKey(id)) throw new InvalidOperationException($"{id} is not at rest.");
        if (await OnWake(id) is { } fault) return fault;
        _atRest.TryRemove(id, out var _);
        _live[id] = new();
        return new StartedSandbox(id, IPAddress.Loopback);
    }

    public Task<Result<Done>> RewindAsync(SandboxId id, SandboxSpec spec, CheckpointId disk, CancellationToken cancellation)
    {
        Calls.Enqueue($"rewind {id}");
        return Task.FromResult<Result<Done>>(Done.Value);
    }

    public Task<Result<Done>> ForgetMemoryAsync(CheckpointId disk, CancellationToken cancellation)
    {
        Calls.Enqueue($"forget {disk}");
        _memory.TryRemove(disk, out _);
        return Task.FromResult<Result<Done>>(Done.Value);
    }
}
