using Atoll.Core.Failpoints;
using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;
using Atoll.Core.Tracing;
using Atoll.Machine.Isolation;
using Atoll.Machine.Isolation.Idling;
using Atoll.Machine.Live;
using Atoll.Machine.Storage.Memory;

namespace Atoll.Machine.Sandboxes;

/// <summary>
/// Saved memories, with what it takes to go on from one: the agent's program and the token that opens it. The sandbox stands still while its runtime writes and the disk's snapshot is taken; what
/// can be done later (reading the image through, getting it onto the disk) is done when it runs again.
/// </summary>
internal sealed class SavedMemories(MemoryImages images, SandboxRuntimes runtimes, GuestFolders folders, SandboxRecords records, OpenConnections connections, IdleSentries idle, TimeProvider time)
{
    /// <param name="still">Called while it stands still and its memory has been written.</param>
    public async Task<Result<(long Bytes, TimeSpan Still)>> SaveAsync(LiveHandle handle, CheckpointId saved, Func<Task<Result<Done>>> still)
    {
        if (records.Find(handle.Id) is not { } record) return Failed(handle.Id, "its record is gone");
        if (!(await BeginAsync(handle, saved)).TryGet(out var draft, out var fault)) return fault;
        var keeping = AtollTrace.MeasureAsync("memory.agent", () => images.KeepAgentAsync(folders.AgentOf(handle.Id)));
        var begun = time.GetTimestamp();
        TimeSpan stood = default;

        // An idle sandbox's timers are late, those of its saving too.
        idle.Use(handle.Id);
        using var hold = GuestLinks.Hold(handle.Guest);
        if (await PartAsync(handle, record) is { } unable)
        {
            await keeping;
            return unable;
        }

        var written = await handle.Runtime.SaveMemoryAsync(
            handle.Id,
            draft.Runtime,
            end: false,
            async () =>
            {
                var done = await AtollTrace.MeasureAsync("memory.still", still);
                stood = time.GetElapsedTime(begun);
                return done;
            },
            CancellationToken.None);

        // That resets its connections.
        GuestLinks.Break(handle.Guest);
        hold.Dispose();

        var kept = await keeping;
        if ((written.Fault ?? kept.Fault) is { } unwritten) return unwritten;
        try
        {
            var sealing = await AtollTrace.MeasureAsync("memory.seal", () => draft.SealAsync(runtimes.VersionOf(handle.Runtime.Kind), kept.Value, record.Token, draft.Unread()));
            return sealing.Map(bytes => (bytes, stood));
        }
        catch (IOException unreadable)
        {
            return Failed(handle.Id, unreadable.Message);
        }
    }

    /// <summary>The same, after which it has ended. The image is whole, and durable, before it does.</summary>
    public async Task<Result<Done>> SaveAndEndAsync(LiveHandle handle, CheckpointId saved, Func<Task<Result<Done>>> still)
    {
        if (records.Find(handle.Id) is not { } record) return Failed(handle.Id, "its record is gone");
        if (!(await BeginAsync(handle, saved)).TryGet(out var draft, out var fault)) return fault;
        if (!(await images.KeepAgentAsync(folders.AgentOf(handle.Id))).TryGet(out var agent, out fault)) return fault;
        idle.Use(handle.Id);
        if (await PartAsync(handle, record) is { } unable) return unable;
        return await handle.Runtime.SaveMemoryAsync(
            handle.Id,
            draft.Runtime,
            end: true,
            async () =>
            {
                if ((await still()).Fault is { } unsaved) return unsaved;
                var sealing = await draft.SealAsync(runtimes.VersionOf(handle.Runtime.Kind), agent, record.Token, await draft.DigestAsync());
                if (sealing.Succeeded) Failpoint.Hit("suspend.sealed");
                return sealing.Map(_ => Done.Value);
            },
            CancellationToken.None);
    }

    /// <summary>Whether there is an image, all of it.</summary>
    public bool Exists(CheckpointId saved) => images.Exists(saved);

    /// <summary>What it takes, in bytes; 0 for what is not there.</summary>
    public long SizeOf(CheckpointId saved) => images.SizeOf(saved);

    /// <summary>One that a sandbox of this specification can go on from: checked, and small enough for its memory.</summary>
    public async Task<Result<MemoryImage>> OpenAsync(CheckpointId saved, SandboxSpec spec, CancellationToken cancellation)
    {
        if (runtimes[spec.Isolation].MemoryMissing is { } reason) return MemoryFaults.NotSupported(spec.Isolation, reason);
        var opened = await images.OpenAsync(saved, runtimes.VersionOf(spec.Isolation), cancellation);
        if (!opened.TryGet(out var image, out _)) return opened;
        var needed = image.Manifest.MemoryBytes >> 20;
        return needed <= spec.Limits.MemoryMiB ? image : new Fault(
            FaultCode.InvalidRequest, FaultSide.Caller, FaultStage.Request, $"Checkpoint {saved} holds {needed} MiB of memory, and the sandbox is to have {spec.Limits.MemoryMiB} MiB.", "Give it more memory (memoryMiB).");
    }

    public Task<Result<Done>> DeleteAsync(CheckpointId saved, CancellationToken cancellation) => images.DeleteAsync(saved, cancellation);

    public IReadOnlyList<CheckpointId> List() => images.List();

    private async Task<Fault?> PartAsync(LiveHandle handle, SandboxRecord record)
    {
        using var span = AtollTrace.Start("memory.part");
        return await connections.EndAsync(handle, record.Token);
    }

    private async Task<Result<MemoryDraft>> BeginAsync(LiveHandle handle, CheckpointId saved)
    {
        var measured = await handle.Runtime.MeasureAsync(handle.Id, CancellationToken.None);
        return images.Begin(saved, measured.TryGet(out var usage, out _) ? usage.MemoryBytes : 0);
    }

    private static Fault Failed(SandboxId id, string why) => new(FaultCode.HostFailure, FaultSide.Host, FaultStage.Storage, $"The memory of sandbox {id} could not be saved: {why}");
}
