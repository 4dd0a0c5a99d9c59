using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;
using Atoll.Machine.Networking;
using Atoll.Machine.Storage;

namespace Atoll.Machine.Sandboxes;

/// <summary>
/// Ends a sandbox and frees all of it. Every step is tried, whatever became of the ones before, and each succeeds for what is not there: so the whole may be
/// repeated until it succeeds.
/// </summary>
internal sealed class SandboxRemover(
    LiveHandles live,
    SandboxRuntimes runtimes,
    ISandboxStorage storage,
    ISandboxNetwork network,
    GuestFolders folders,
    SandboxRecords records)
{
    public async Task<Result<Done>> RemoveAsync(SandboxId id, CancellationToken cancellation)
    {
        // The record goes first: a server that dies from here on must not re-attach what is half gone.
        records.Delete(id);
        Fault? first = null;
        if (live.TryTake(id, out var handle))
        {
            first = (await handle.Runtime.RemoveAsync(id, cancellation)).Fault;
            await network.ReleaseAsync(handle.Slot);
        }
        else
        {
            foreach (var runtime in runtimes.All) first ??= (await runtime.RemoveAsync(id, cancellation)).Fault;
        }

        folders.Delete(id);
        first ??= (await storage.DeleteAsync(id, cancellation)).Fault;
        return first is null ? Done.Value : first;
    }
}
