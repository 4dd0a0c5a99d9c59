using Atoll.Core.Failpoints;
using Atoll.Core.Faults;
using Atoll.Core.Machines;
using Atoll.Core.Sandboxes;
using Atoll.Core.Tracing;
using Atoll.Machine.Hosting;
using Atoll.Machine.Live;
using Atoll.Machine.Storage;

namespace Atoll.Machine.Sandboxes;

/// <summary>Core's <see cref="ISandboxSleep"/>: the runtimes' freezer, and a start without a clone, from memory where some was saved.</summary>
internal sealed class SandboxSleep(
    LiveHandles live, ISandboxStorage storage, SavedMemories memories, SandboxRester rester, SandboxWaker waker, GuestLinks links, SandboxExits exits) : ISandboxSleep
{
    public async Task<Result<Done>> PauseAsync(SandboxId id, CancellationToken cancellation)
    {
        if (!live.TryGet(id, out var handle)) return NotLive(id);

        // Noted first: from now on its silence says nothing. Away from the caller's thread, which the freezer would hold.
        live.Add(handle with { Paused = true });
        var frozen = await Task.Run(() => handle.Runtime.Freeze(id), CancellationToken.None);
        if (!frozen.Succeeded) live.Add(handle with { Paused = false });
        return frozen;
    }

    public Task<Result<Done>> ResumeAsync(SandboxId id, CancellationToken cancellation)
    {
        if (!live.TryGet(id, out var handle)) return Task.FromResult<Result<Done>>(NotLive(id));
        handle.Runtime.Thaw(id);
        live.Add(handle with { Paused = false });
        return Task.FromResult<Result<Done>>(Done.Value);
    }

    public async Task<Result<Done>> SaveMemoryAsync(SandboxId id, CheckpointId disk, CancellationToken cancellation)
    {
        if (!live.TryGet(id, out var handle)) return NotLive(id);
        if (handle.Paused) await ResumeAsync(id, cancellation);
        if ((await storage.Checkpoints.FlushAsync(id, CancellationToken.None)).Fault is { } unflushed) return unflushed;
        exits.Forget(id);
        using var hold = GuestLinks.Hold(handle.Guest);
        var saved = await AtollTrace.MeasureAsync("suspend.memory", () => memories.SaveAndEndAsync(handle, disk, () => SaveDiskAsync(id, disk)));
        if (saved.Succeeded)
        {
            links.Sleep(id, handle.Guest);
            return saved;
        }

        // What was tried may have reset its connections.
        GuestLinks.Break(handle.Guest);
        exits.Watch(handle);
        return saved;
    }

    public long MemoryBytes(CheckpointId disk) => memories.SizeOf(disk);

    public bool HasMemory(CheckpointId disk) => memories.Exists(disk);

    public async Task<bool> HasProcessesAsync(SandboxId id, CancellationToken cancellation) =>
        live.TryGet(id, out var handle) && await handle.Runtime.InspectAsync(id, cancellation) == handle.Init;

    public Task<Result<Done>> RestAsync(SandboxId id, CancellationToken cancellation) => rester.RestAsync(id, cancellation);

    public async Task<Result<StartedSandbox>> WakeAsync(SandboxId id, SandboxSpec spec, CheckpointId? memory, CancellationToken cancellation)
    {
        try
        {
            if (!(await waker.WakeAsync(id, spec, memory, cancellation)).TryGet(out var handle, out var fault)) return fault;
            live.Add(handle);
            exits.Watch(handle);
            return new StartedSandbox(id, handle.Slot.Address);
        }
        catch (Exception failure) when (HostShortage.Explain(failure) is { } shortage)
        {
            return shortage;
        }
    }

    public async Task<Result<Done>> RewindAsync(SandboxId id, SandboxSpec spec, CheckpointId disk, CancellationToken cancellation)
    {
        if ((await storage.Checkpoints.StageAsync(disk, id, (long)spec.Limits.DiskMiB << 20, cancellation)).Fault is { } fault) return fault;
        return (await storage.Checkpoints.ReplaceAsync(id, cancellation)).Map(_ => Done.Value);
    }

    public Task<Result<Done>> FreeDiskAsync(SandboxId id, CancellationToken cancellation) => storage.DeleteAsync(id, cancellation);

    public Task<Result<Done>> PlaceDiskAsync(SandboxId id, SandboxSpec spec, CheckpointId saved, CancellationToken cancellation) => waker.PlaceAsync(id, spec, saved, cancellation);

    public async Task<Result<Done>> ForgetMemoryAsync(CheckpointId disk, CancellationToken cancellation)
    {
        var forgotten = await memories.DeleteAsync(disk, cancellation);
        return forgotten.Succeeded ? await storage.Checkpoints.DeleteAsync(disk, cancellation) : forgotten;
    }

    /// <summary>While it stands still.</summary>
    private async Task<Result<Done>> SaveDiskAsync(SandboxId id, CheckpointId disk)
    {
        Failpoint.Hit("suspend.memory");
        return await storage.Checkpoints.SaveAsync(id, disk, CancellationToken.None);
    }

    private static Fault NotLive(SandboxId id) => new(FaultCode.SandboxNotRunning, FaultSide.Host, FaultStage.Lookup, $"Sandbox {id} is not running on this node.");
}
