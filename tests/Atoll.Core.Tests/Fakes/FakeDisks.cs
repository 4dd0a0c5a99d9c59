using System.Collections.Concurrent;
using Atoll.Core.Faults;
using Atoll.Core.Machines;
using Atoll.Core.Sandboxes;

namespace Atoll.Core.Tests.Fakes;

/// <summary>Saved disks that are names in a set, which outlives the server under test as real ones do. What each step does is scripted by replacing its function.</summary>
internal sealed class FakeDisks : ISavedDisks
{
    private readonly ConcurrentDictionary<CheckpointId, SandboxId> _saved = new();
    private readonly ConcurrentDictionary<CheckpointId, SandboxId> _memories = new();

    public IReadOnlySet<CheckpointId> Saved => _saved.Keys.ToHashSet();

    public ConcurrentQueue<string> Calls { get; } = new();

    public Func<SandboxId, CheckpointId?, Task<Result<SavedDisk>>> OnSave { get; set; } = (_, _) => Task.FromResult<Result<SavedDisk>>(new SavedDisk(false, 5 << 20, TimeSpan.Zero));

    public Func<SandboxId, Task<RestoreOutcome>> OnRestore { get; set; } = _ => Task.FromResult(RestoreOutcome.Restored);

    public Func<CheckpointId, Task<Fault?>> OnDelete { get; set; } = _ => Task.FromResult<Fault?>(null);

    public async Task<Result<SavedDisk>> SaveAsync(SandboxId id, CheckpointId saved, CheckpointId? since, CancellationToken cancellation)
    {
        Calls.Enqueue($"save {id}");
        var made = await OnSave(id, since);
        if (made is { Succeeded: true, Value.Unchanged: false }) _saved[saved] = id;
        return made;
    }

    public Fault? NoMemory { get; set; }

    public IReadOnlySet<CheckpointId> Memories => _memories.Keys.ToHashSet();

    public Fault? WhyNoMemory(IsolationKind isolation) => NoMemory;

    public async Task<Result<SavedDisk>> SaveWithMemoryAsync(SandboxId id, CheckpointId saved, CancellationToken cancellation)
    {
        var made = await SaveAsync(id, saved, null, cancellation);
        if (made.Succeeded) _memories[saved] = id;
        return made.Map(disk => disk with { MemoryBytes = 100 << 20 });
    }

    public async Task<RestoreOutcome> RestoreAsync(SandboxId id, SandboxSpec spec, CheckpointId saved, CheckpointId? memory, Func<Task> stopping, CancellationToken cancellation)
    {
        Calls.Enqueue($"restore {id} {saved}{(memory is null ? "" : " with memory")}");
        await stopping();
        return await OnRestore(id);
    }

    public async Task<Result<Done>> DeleteAsync(CheckpointId saved, CancellationToken cancellation)
    {
        Calls.Enqueue($"delete {saved}");
        if (await OnDelete(saved) is { } fault) return fault;
        _saved.TryRemove(saved, out _);
        _memories.TryRemove(saved, out _);
        return Done.Value;
    }

    public async Task<Result<Done>> DeleteMemoryAsync(CheckpointId saved, CancellationToken cancellation)
    {
        Calls.Enqueue($"forget {saved}");
        if (await OnDelete(saved) is { } fault) return fault;
        _memories.TryRemove(saved, out _);
        return Done.Value;
    }

    public Task<IReadOnlyList<CheckpointId>> ListMemoriesAsync(CancellationToken cancellation) => Task.FromResult<IReadOnlyList<CheckpointId>>([.. _memories.Keys]);

    public Task<IReadOnlyList<CheckpointId>> ListAsync(CancellationToken cancellation) => Task.FromResult<IReadOnlyList<CheckpointId>>([.. _saved.Keys]);

    public Task<Result<DiskDiff>> CompareAsync(CheckpointId from, CheckpointId to, int limit, CancellationToken cancellation) => Task.FromResult<Result<DiskDiff>>(new DiskDiff([], [], [], false));

    public Task<Result<DiskDiff>> CompareAsync(CheckpointId from, SandboxId to, int limit, CancellationToken cancellation) => Task.FromResult<Result<DiskDiff>>(new DiskDiff([], [], [], false));

    /// <summary>A save whose server was killed: it is there, and nobody knows of it.</summary>
    public void LeaveBehind(CheckpointId saved) => _saved[saved] = default;

    public void LeaveMemoryBehind(CheckpointId saved) => _memories[saved] = default;
}
