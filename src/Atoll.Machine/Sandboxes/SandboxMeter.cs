using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;
using Atoll.Machine.Isolation.Cgroups;
using Atoll.Machine.Live;
using Atoll.Machine.Networking;
using Atoll.Machine.Storage;

namespace Atoll.Machine.Sandboxes;

/// <summary>Limits and usage of live sandboxes: the runtime's cgroup, the storage's quota and the slot's counters in one answer.</summary>
internal sealed class SandboxMeter(LiveHandles live, ISandboxStorage storage, ISandboxNetwork network, SandboxCgroups cgroups, TimeProvider time)
{
    public async Task<Result<Done>> ApplyLimitsAsync(SandboxId id, SandboxLimits limits, CancellationToken cancellation)
    {
        if (!live.TryGet(id, out var handle)) return NotLive(id);

        var applied = await handle.Runtime.ApplyLimitsAsync(id, limits, cancellation);
        if (applied.Succeeded) await GuestLinks.SetLimitsAsync(handle, limits, cancellation);
        return applied.Succeeded ? await storage.LimitAsync(id, (long)limits.DiskMiB << 20, cancellation) : applied;
    }

    public async Task<Result<SandboxUsage>> MeasureAsync(SandboxId id, CancellationToken cancellation)
    {
        if (!live.TryGet(id, out var handle)) return NotLive(id);
        if (!(await handle.Runtime.MeasureAsync(id, cancellation)).TryGet(out var cgroup, out var fault)) return fault;
        if (!(await storage.MeasureAsync(id, cancellation)).TryGet(out var disk, out fault)) return fault;

        var traffic = network.Measure(handle.Slot);
        return new SandboxUsage(time.GetUtcNow(), Math.Max(0, cgroup.CpuSeconds - handle.CpuSecondsBefore), cgroup.MemoryBytes, cgroup.Processes, disk, traffic.ReceivedBytes, traffic.SentBytes);
    }

    /// <summary>On a thread of the pool: there may be thousands of threads to look at.</summary>
    public Task<bool> IsAtWorkAsync(SandboxId id) => Task.Run(() => live.TryGet(id, out _) && cgroups.IsAtWork(id));

    private static Fault NotLive(SandboxId id) => new(FaultCode.SandboxNotRunning, FaultSide.Caller, FaultStage.Lookup, $"Sandbox {id} is not running on this node.");
}
