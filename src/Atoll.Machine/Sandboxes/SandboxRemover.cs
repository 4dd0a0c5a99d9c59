using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;
using Atoll.Machine.Live;
using Atoll.Machine.Networking;
using Atoll.Machine.Storage;

namespace Atoll.Machine.Sandboxes;

/// <summary>
/// Ends a sandbox and frees all of it. Every step is tried, whatever became of the ones before, and each succeeds for what is not there: so the whole may be
/// repeated until it succeeds. A sandbox whose processes live on is a fault; what merely could not be tidied is a leftover and tried again in the background.
/// </summary>
internal sealed class SandboxRemover(
    LiveHandles live,
    SandboxRuntimes runtimes,
    ISandboxStorage storage,
    ISandboxNetwork network,
    GuestFolders folders,
    SandboxRecords records,
    Leftovers leftovers)
{
    public async Task<Result<Done>> RemoveAsync(SandboxId id, CancellationToken cancellation)
    {
        // The record goes first: a server that dies from here on must not re-attach what is half gone.
        records.Delete(id);
        var stopped = live.TryGet(id, out var handle) ? await handle.Runtime.RemoveAsync(id, cancellation) : await RemoveFromAllAsync(id, cancellation);
        if (stopped.Fault is { } running)
        {
            leftovers.Add(id, running.Detail);
            return running;
        }

        if (live.TryTake(id, out handle))
        {
            GuestLinks.Gone(handle.Guest);
            await network.ReleaseAsync(handle.Slot);
        }

        var freed = await FreeFilesAsync(id, cancellation);
        if (freed.Fault is { } left) leftovers.Add(id, left.Detail);
        else leftovers.Gone(id);
        return Done.Value;
    }

    /// <summary>Which isolation it had is not known any more (a crash during its start): each is asked.</summary>
    private async Task<Result<Done>> RemoveFromAllAsync(SandboxId id, CancellationToken cancellation)
    {
        Fault? first = null;
        foreach (var runtime in runtimes.All) first ??= (await runtime.RemoveAsync(id, cancellation)).Fault;
        return first is null ? Done.Value : first;
    }

    private async Task<Result<Done>> FreeFilesAsync(SandboxId id, CancellationToken cancellation)
    {
        try
        {
            folders.Delete(id);
        }
        catch (IOException failure)
        {
            return new Fault(FaultCode.HostFailure, FaultSide.Host, FaultStage.Agent, failure.Message);
        }

        return await storage.DeleteAsync(id, cancellation);
    }
}
