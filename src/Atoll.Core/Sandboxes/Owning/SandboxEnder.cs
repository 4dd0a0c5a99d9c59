using Atoll.Core.Faults;
using Atoll.Core.Sandboxes.Living;
using Atoll.Core.Sandboxes.Timing;
using Atoll.Core.Sandboxes.Usage;
using Atoll.Core.Store;
using Microsoft.Extensions.Logging;

namespace Atoll.Core.Sandboxes.Owning;

/// <summary>
/// Ends a sandbox: the decision is saved, its users are told, everything of it is removed, the end is saved. Each step may be repeated. A crash in between is
/// completed at the next start with the reason that was saved; a step that fails is tried again by the clock, and meanwhile nobody can use the sandbox.
/// </summary>
internal sealed partial class SandboxEnder(
    SandboxRemains remains, SandboxStore store, SandboxCommits commits, LifecycleScheduler scheduler, FinalMeasure measure, ILogger<SandboxEnder> log)
{
    /// <summary>The ended sandbox, or what stands in the way.</summary>
    public async Task<Result<Sandbox>> EndAsync(LiveEntry entry, Ending wanted)
    {
        var sandbox = entry.Sandbox;

        if (!(await remains.NoteAsync(sandbox)).TryGet(out var archive, out var unnoted))
        {
            scheduler.Retry(sandbox.Id);
            return unnoted;
        }

        // One that never ran needs no note: after a crash nothing of it is kept anyway. One that failed is over, noted or not; any other end is not begun without its note.
        if (entry.Ending is null && sandbox.State is not SandboxState.Creating
            && (await store.SaveEndingAsync(sandbox.Id, wanted)).Fault is { } unsaved
            && wanted.State is not SandboxState.Failed)
        {
            scheduler.Retry(sandbox.Id);
            await remains.ForgetAsync(archive);
            return unsaved;
        }

        // Once: what is tried again was measured the first time.
        var first = entry.Ending is null;
        await TellUsersAsync(entry, wanted);
        if (first && sandbox.State is not SandboxState.Creating) await measure.TakeAsync(entry);
        var removed = await RemoveAsync(sandbox.Id, sandbox.Memory);
        var ended = removed.Fault is { } left ? left : await commits.EndAsync(sandbox, entry.Ending ?? wanted);
        if (ended.Fault is { } fault)
        {
            LogStuck(log, sandbox.Id, fault.Detail);
            scheduler.Retry(sandbox.Id);
        }

        await remains.ForgetAsync(archive);
        return ended;
    }

    /// <summary>Frees what was started and never saved: nobody has heard of it.</summary>
    public async Task DiscardAsync(SandboxId id)
    {
        if ((await RemoveAsync(id, memory: null)).Fault is { } left) LogStuck(log, id, left.Detail);
    }

    private async Task TellUsersAsync(LiveEntry entry, Ending ending)
    {
        try
        {
            await entry.BeginEndAsync(ending);
        }
        catch (AggregateException failure)
        {
            // A user of the sandbox that cannot take the news must not keep it alive.
            LogUserFailed(log, entry.Sandbox.Id, failure);
        }
    }

    private async Task<Result<Done>> RemoveAsync(SandboxId id, CheckpointId? memory)
    {
        try
        {
            return await remains.RemoveAsync(id, memory);
        }
        catch (Exception failure)
        {
            LogFailed(log, id, failure);
            return new Fault(FaultCode.HostFailure, FaultSide.Server, FaultStage.Isolation, "Removing the sandbox failed in a way that this server did not expect.", "It is tried again; see the server's log.");
        }
    }

    [LoggerMessage(1250, LogLevel.Warning, "Sandbox {Sandbox} could not be ended and is tried again: {Detail}")]
    private static partial void LogStuck(ILogger log, SandboxId sandbox, string detail);

    [LoggerMessage(1251, LogLevel.Error, "Removing sandbox {Sandbox} threw.")]
    private static partial void LogFailed(ILogger log, SandboxId sandbox, Exception failure);

    [LoggerMessage(1252, LogLevel.Error, "A user of sandbox {Sandbox} failed when told of its end.")]
    private static partial void LogUserFailed(ILogger log, SandboxId sandbox, Exception failure);
}
