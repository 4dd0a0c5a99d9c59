using System.Collections.Concurrent;
using System.Net;
using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;
using Atoll.Machine.Isolation;
using Atoll.Machine.Isolation.Watching;
using Atoll.Machine.Live;
using Atoll.Machine.Networking;
using Atoll.Machine.Warm;

namespace Atoll.Machine.Tests.Warm;

/// <summary>Makes sandboxes of nothing, for the rules of the pool; that real ones can be claimed is shown end to end.</summary>
internal sealed class FakeMaker : IWarmMaker, IExitWatcher
{
    private readonly ConcurrentDictionary<SandboxId, TaskCompletionSource<InitExit>> _ends = new();

    public ConcurrentQueue<WarmKey> Made { get; } = new();

    public ConcurrentQueue<SandboxId> Discarded { get; } = new();

    public Fault? Refuses { get; set; }

    /// <summary>What each one uses.</summary>
    public long MemoryBytes { get; set; } = 10 << 20;

    public Task<Result<WarmSandbox>> MakeAsync(WarmKey key, SandboxLimits limits, CancellationToken cancellation)
    {
        var refuses = Refuses;
        Made.Enqueue(key);
        if (refuses is { } fault) return Task.FromResult<Result<WarmSandbox>>(fault);
        var slot = new NetworkSlot(0, "", IPAddress.Loopback, IPAddress.Loopback, "");
        var handle = new LiveHandle(SandboxId.New(), null!, new RunningInit(1, 1), slot, null!);
        return Task.FromResult<Result<WarmSandbox>>(new WarmSandbox(key, handle, limits, MemoryBytes));
    }

    public Task DiscardAsync(SandboxId id)
    {
        Discarded.Enqueue(id);
        return Task.CompletedTask;
    }

    public Task<InitExit> WaitAsync(SandboxId id, RunningInit init, CancellationToken cancellation) =>
        _ends.GetOrAdd(id, _ => new(TaskCreationOptions.RunContinuationsAsynchronously)).Task.WaitAsync(cancellation);

    /// <summary>Its process 1 ends.</summary>
    public void Kill(SandboxId id) => _ends.GetOrAdd(id, _ => new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult(new InitExit(false, "killed"));
}
