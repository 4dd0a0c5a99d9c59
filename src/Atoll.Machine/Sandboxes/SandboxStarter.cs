using Atoll.Core.Cleanup;
using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;
using Atoll.Core.Tracing;
using Atoll.Machine.Live;
using Atoll.Machine.Networking;
using Atoll.Machine.Storage;

namespace Atoll.Machine.Sandboxes;

/// <summary>
/// Makes a sandbox live: storage clone and network slot (side by side), an identity of its own where the disk is another's, process 1. Each step's undo is pushed as soon as it has succeeded,
/// and everything bears the sandbox's id, so that neither a failure nor a crash of this server leaves anything for good.
/// </summary>
internal sealed class SandboxStarter(SandboxRuntimes runtimes, ISandboxStorage storage, ISandboxNetwork network, SandboxBooter booter, SavedMemories memories)
{
    public async Task<Result<LiveHandle>> StartAsync(SandboxId id, SandboxSpec spec, CancellationToken cancellation)
    {
        if (!runtimes.Find(spec.Isolation).TryGet(out _, out var fault)) return fault;

        await using var cleanup = new AsyncCleanup();
        // Side by side, and the guest's folder meanwhile. All are waited for before any is looked at: a clone that fails must not leave a claim behind.
        var cloning = AtollTrace.MeasureAsync("start.clone", () => CloneAsync(id, spec, cancellation));
        var claiming = AtollTrace.MeasureAsync("start.network", () => network.ClaimAsync(id, spec.Egress, cancellation));
        var seating = SeatAsync(id, spec, cancellation);
        await Task.WhenAll(cloning, claiming, seating).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cleanup.Push(() => booter.Unseat(id));
        cleanup.Push(async () => await storage.DeleteAsync(id, CancellationToken.None));
        if (claiming.IsCompletedSuccessfully && (await claiming).TryGet(out var claimed, out _)) cleanup.Push(() => network.ReleaseAsync(claimed));
        if (!(await cloning).TryGet(out var root, out fault) || !(await claiming).TryGet(out var slot, out fault) || !(await seating).TryGet(out var seat, out fault)) return fault;

        var renamed = false;
        if (spec.Disk is not null && !FreshIdentity.Give(root).TryGet(out renamed, out fault)) return fault;
        if (!(await booter.BootAsync(id, spec, slot, root, seat, cancellation)).TryGet(out var handle, out fault)) return fault;
        if (renamed) await FreshIdentity.MakeHostKeysAsync(handle.Guest, cancellation);
        cleanup.Release();
        return handle;
    }

    /// <summary>Images are read through meanwhile, so that one that is not as it was saved is never started.</summary>
    private async Task<Result<GuestSeat>> SeatAsync(SandboxId id, SandboxSpec spec, CancellationToken cancellation)
    {
        if (spec.Memory is not { } saved) return booter.Seat(id, spec.Limits);
        var opened = await AtollTrace.MeasureAsync("start.image", () => memories.OpenAsync(saved, spec, cancellation));
        return opened.TryGet(out var image, out var fault) ? booter.Seat(id, image) : fault;
    }

    private Task<Result<string>> CloneAsync(SandboxId id, SandboxSpec spec, CancellationToken cancellation)
    {
        var bytes = (long)spec.Limits.DiskMiB << 20;
        return spec.Disk is { } saved ? storage.Checkpoints.CloneAsync(saved, id, bytes, cancellation) : storage.CloneAsync(spec.Template, id, bytes, cancellation);
    }
}
