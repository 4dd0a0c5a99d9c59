using Atoll.Core.Failpoints;
using Atoll.Core.Faults;
using Atoll.Core.Machines;
using Atoll.Core.Sandboxes;
using Atoll.Core.Tracing;
using Atoll.Machine.Live;
using Atoll.Machine.Networking;
using Atoll.Machine.Storage;
using Atoll.Machine.Storage.Memory;

namespace Atoll.Machine.Sandboxes;

/// <summary>
/// Puts a saved disk in place of a living sandbox's: the copy is made while it runs, then its processes end, the disks change places in one step, and process 1 is started again in the same
/// slot. Its record stays throughout and says which slot that is; so after a crash at any step the whole can be done again from the start.
/// </summary>
internal sealed class SandboxRestorer(
    ISandboxStorage storage, ISandboxNetwork network, GuestFolders folders, SandboxBooter booter, SandboxExits exits, LiveHandles live, SavedMemories memories)
{
    /// <param name="memory">Go on from this checkpoint's memory; null: process 1 is started anew.</param>
    public async Task<RestoreOutcome> RestoreAsync(SandboxId id, SandboxSpec spec, CheckpointId saved, CheckpointId? memory, Func<Task> stopping, CancellationToken cancellation)
    {
        if (!live.TryGet(id, out var handle))
        {
            return new(new Fault(FaultCode.SandboxNotRunning, FaultSide.Host, FaultStage.Lookup, $"Sandbox {id} is not running on this node."), Untouched: false);
        }

        MemoryImage? image = null;
        if (memory is { } wanted && !(await AtollTrace.MeasureAsync("restore.image", () => memories.OpenAsync(wanted, spec, cancellation))).TryGet(out image, out var unreadable)) return await RefuseAsync(handle, unreadable);
        var staged = await AtollTrace.MeasureAsync("restore.stage", () => storage.Checkpoints.StageAsync(saved, id, (long)spec.Limits.DiskMiB << 20, cancellation));
        if (staged.Fault is { } full) return await RefuseAsync(handle, full);
        Failpoint.Hit("restore.staged");

        // From here on to the end, whoever asked.
        await stopping();
        exits.Forget(id);
        var stopped = await AtollTrace.MeasureAsync("restore.stop", () => handle.Runtime.VacateAsync(id, CancellationToken.None));
        if (stopped.Fault is { } running) return new(running, Untouched: false);
        GuestLinks.Gone(handle.Guest);
        Failpoint.Hit("restore.stopped");

        var started = await AtollTrace.MeasureAsync("restore.start", () => StartAsync(id, spec, handle, image));
        if (!started.TryGet(out var restored, out var fault)) return new(fault, Untouched: false);
        live.Add(restored);
        exits.Watch(restored);
        Failpoint.Hit("restore.started");
        return RestoreOutcome.Restored;
    }

    /// <summary>It goes on; unless a dead server had ended it already, and this was to complete what that one began.</summary>
    private static async Task<RestoreOutcome> RefuseAsync(LiveHandle handle, Fault fault) =>
        new(fault, Untouched: await handle.Runtime.InspectAsync(handle.Id, CancellationToken.None) == handle.Init);

    private async Task<Result<LiveHandle>> StartAsync(SandboxId id, SandboxSpec spec, LiveHandle before, MemoryImage? image)
    {
        try
        {
            folders.Delete(id);
        }
        catch (IOException failure)
        {
            return new Fault(FaultCode.HostFailure, FaultSide.Host, FaultStage.Agent, failure.Message);
        }

        if (!(await storage.Checkpoints.ReplaceAsync(id, CancellationToken.None)).TryGet(out var root, out var fault)) return fault;
        Failpoint.Hit("restore.replaced");
        if ((await network.RearmAsync(before.Slot, CancellationToken.None)).Fault is { } unarmed) return unarmed;
        var seating = image is null ? booter.Seat(id, spec.Limits) : booter.Seat(id, image);
        if (!seating.TryGet(out var seat, out fault)) return fault;
        return await booter.BootAsync(id, spec, before.Slot, root, seat, CancellationToken.None);
    }
}
