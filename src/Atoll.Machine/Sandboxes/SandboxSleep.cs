using System.Text.Json;
using Atoll.Core.Failpoints;
using Atoll.Core.Faults;
using Atoll.Core.Machines;
using Atoll.Core.Sandboxes;
using Atoll.Core.Tracing;
using Atoll.Machine.Hosting;
using Atoll.Machine.Live;
using Atoll.Machine.Storage;

namespace Atoll.Machine.Sandboxes;

/// <summary>Core's <see cref="ISandboxSleep"/>: the runtimes' freezer, and a start without a clone.</summary>
internal sealed class SandboxSleep(
    LiveHandles live, ISandboxStorage storage, SavedMemory memory, SandboxRecords records, SandboxRester rester, SandboxWaker waker, SandboxExits exits) : ISandboxSleep
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
        if (records.Read(id) is not { } record) return NotLive(id);
        if (handle.Paused) await ResumeAsync(id, cancellation);
        exits.Forget(id);
        var saved = await SaveMemoryAsync(handle, record.Token, disk);
        if (saved.Succeeded) return saved;
        exits.Watch(handle);
        return saved;
    }

    public bool HasMemory(SandboxId id) => memory.Exists(id);

    public async Task<bool> HasProcessesAsync(SandboxId id, CancellationToken cancellation) =>
        live.TryGet(id, out var handle) && await handle.Runtime.InspectAsync(id, cancellation) == handle.Init;

    public Task<Result<Done>> RestAsync(SandboxId id, CancellationToken cancellation) => rester.RestAsync(id, cancellation);

    public async Task<Result<StartedSandbox>> WakeAsync(SandboxId id, SandboxSpec spec, CancellationToken cancellation)
    {
        try
        {
            if (!(await waker.WakeAsync(id, spec, memory.Find(id), cancellation)).TryGet(out var handle, out var fault)) return fault;
            live.Add(handle);
            exits.Watch(handle);
            return new StartedSandbox(id, handle.Slot.Address);
        }
        catch (Exception failure) when (HostShortage.Explain(failure) is { } shortage)
        {
            return shortage;
        }
        catch (Exception failure) when (failure is IOException or JsonException)
        {
            return Failed($"The saved memory of sandbox {id} cannot be read: {failure.Message}", "Stop the sandbox, which forgets its memory, and start it from its disk.");
        }
    }

    public async Task<Result<Done>> RewindAsync(SandboxId id, SandboxSpec spec, CheckpointId disk, CancellationToken cancellation)
    {
        if ((await storage.Checkpoints.StageAsync(disk, id, (long)spec.Limits.DiskMiB << 20, cancellation)).Fault is { } fault) return fault;
        return (await storage.Checkpoints.ReplaceAsync(id, cancellation)).Map(_ => Done.Value);
    }

    public async Task<Result<Done>> ForgetMemoryAsync(SandboxId id, CheckpointId disk, CancellationToken cancellation)
    {
        try
        {
            memory.Delete(id);
        }
        catch (IOException failure)
        {
            return Failed($"The saved memory of sandbox {id} could not be deleted: {failure.Message}", null);
        }

        return await storage.Checkpoints.DeleteAsync(disk, cancellation);
    }

    private async Task<Result<Done>> SaveMemoryAsync(LiveHandle handle, byte[] token, CheckpointId disk)
    {
        var id = handle.Id;
        try
        {
            var folder = memory.Prepare(id);
            if ((await storage.Checkpoints.FlushAsync(id, CancellationToken.None)).Fault is { } unflushed) return unflushed;
            var saved = await AtollTrace.MeasureAsync("suspend.memory", () => handle.Runtime.SaveMemoryAsync(id, folder, end: true, () => SaveDiskAsync(id, disk, token), CancellationToken.None));
            if (!saved.Succeeded) memory.Delete(id);
            return saved;
        }
        catch (IOException failure)
        {
            return Failed($"The memory of sandbox {id} could not be saved: {failure.Message}", "The pool may be full: free some of it, or stop the sandbox, which saves no memory.");
        }
    }

    /// <summary>While it stands still: from here on it is to be woken from what was saved, whatever becomes of its processes.</summary>
    private async Task<Result<Done>> SaveDiskAsync(SandboxId id, CheckpointId disk, byte[] token)
    {
        Failpoint.Hit("suspend.memory");
        if ((await storage.Checkpoints.SaveAsync(id, disk, CancellationToken.None)).Fault is { } unsaved) return unsaved;
        try
        {
            memory.Seal(id, token);
        }
        catch (IOException failure)
        {
            return Failed($"The memory of sandbox {id} could not be saved: {failure.Message}", null);
        }

        Failpoint.Hit("suspend.sealed");
        return Done.Value;
    }

    private static Fault Failed(string detail, string? hint) => new(FaultCode.HostFailure, FaultSide.Host, FaultStage.Storage, detail, hint);

    private static Fault NotLive(SandboxId id) => new(FaultCode.SandboxNotRunning, FaultSide.Host, FaultStage.Lookup, $"Sandbox {id} is not running on this node.");
}
