using Atoll.Core.Cleanup;
using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;
using Atoll.Core.Tracing;
using Atoll.Machine.Live;
using Atoll.Machine.Networking;
using Atoll.Machine.Storage;
using Atoll.Machine.Storage.Memory;

namespace Atoll.Machine.Sandboxes;

/// <summary>Makes a sandbox at rest live on its own disk: a network slot, a guest folder, process 1. On a fault these are given back, and its disk stays. In turn with other cold starts.</summary>
internal sealed class SandboxWaker(SandboxRuntimes runtimes, ISandboxStorage storage, ISandboxNetwork network, SandboxBooter booter, SavedMemories memories, ColdStarts turns, Leftovers leftovers)
{
    /// <param name="memory">The saved memory that it goes on from; null: anew.</param>
    public Task<Result<LiveHandle>> WakeAsync(SandboxId id, SandboxSpec spec, CheckpointId? memory, CancellationToken cancellation) =>
        turns.TakeTurnAsync(() => StartAsync(id, spec, memory, cancellation), cancellation);

    /// <summary>A copy of a saved disk, for one that has none here.</summary>
    public async Task<Result<Done>> PlaceAsync(SandboxId id, SandboxSpec spec, CheckpointId saved, CancellationToken cancellation)
    {
        if ((await storage.DeleteAsync(id, cancellation)).Fault is { } left) return left;

        // What could not be tidied when it went away is: from here on, what bears its id is in use.
        leftovers.Gone(id);
        return (await storage.Checkpoints.CloneAsync(saved, id, (long)spec.Limits.DiskMiB << 20, cancellation)).Map(_ => Done.Value);
    }

    private async Task<Result<LiveHandle>> StartAsync(SandboxId id, SandboxSpec spec, CheckpointId? memory, CancellationToken cancellation)
    {
        if (!runtimes.Find(spec.Isolation).TryGet(out _, out var fault)) return fault;
        if (await storage.FindAsync(id, cancellation) is not { } root)
        {
            return new Fault(FaultCode.HostFailure, FaultSide.Host, FaultStage.Storage, $"The disk of sandbox {id} is not in the pool.", "Delete the sandbox; make a new one from a checkpoint of it, if there is one.");
        }

        MemoryImage? image = null;
        if (memory is { } saved && !(await AtollTrace.MeasureAsync("start.image", () => memories.OpenAsync(saved, spec, cancellation))).TryGet(out image, out fault)) return fault;
        await using var cleanup = new AsyncCleanup();
        if (!(await AtollTrace.MeasureAsync("start.network", () => network.ClaimAsync(id, spec.Egress, cancellation))).TryGet(out var slot, out fault)) return fault;
        cleanup.Push(() => network.ReleaseAsync(slot));
        var seating = image is null ? booter.Seat(id, spec.Limits) : booter.Seat(id, image);
        if (!seating.TryGet(out var seat, out fault)) return fault;
        cleanup.Push(() => booter.Unseat(id));
        if (!(await booter.BootAsync(id, spec, slot, root, seat, cancellation)).TryGet(out var handle, out fault)) return fault;
        cleanup.Release();
        return handle;
    }
}
