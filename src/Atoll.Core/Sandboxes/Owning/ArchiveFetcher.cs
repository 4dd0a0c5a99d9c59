using Atoll.Core.Checkpoints;
using Atoll.Core.Failpoints;
using Atoll.Core.Faults;
using Atoll.Core.Machines;
using Atoll.Core.Sandboxes.Living;

namespace Atoll.Core.Sandboxes.Owning;

/// <summary>Gives an archived sandbox its disk again, or takes it back where it does not wake after all. The archive stays as it is.</summary>
internal sealed class ArchiveFetcher(IDiskArchives archives, ISandboxSleep sleep, ISavedDisks disks)
{
    /// <param name="passing">The id that the disk has on its way.</param>
    public async Task<Result<Done>> FetchAsync(LiveEntry entry, CheckpointId passing)
    {
        var sandbox = entry.Sandbox;
        var transfer = entry.Transfer = new();
        try
        {
            if ((await archives.FetchAsync(sandbox, passing, transfer.Progress, transfer.Stopped)).Fault is { } unread) return unread;
            if ((await sleep.PlaceDiskAsync(sandbox.Id, sandbox.Spec, passing, CancellationToken.None)).Fault is { } unplaced) return unplaced;
            Failpoint.Hit("wake.placed");
            return await disks.DeleteAsync(passing, CancellationToken.None);
        }
        catch (OperationCanceledException) when (transfer.Stopped.IsCancellationRequested)
        {
            return SandboxFaults.GivenUp(sandbox.Id);
        }
        finally
        {
            entry.Transfer = null;
        }
    }

    /// <summary>Preconditions: it is at rest.</summary>
    public async Task<Result<Done>> TakeBackAsync(SandboxId id, CheckpointId passing)
    {
        var deleted = await disks.DeleteAsync(passing, CancellationToken.None);
        return deleted.Succeeded ? await sleep.FreeDiskAsync(id, CancellationToken.None) : deleted;
    }
}
