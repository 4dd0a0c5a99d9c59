using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;
using Atoll.Machine.Storage;

namespace Atoll.Machine.Sandboxes;

/// <summary>
/// Ends a sandbox and frees all of it. Every step is tried, whatever became of the ones before, and each succeeds for what is not there: so the whole may be
/// repeated until it succeeds. A sandbox whose processes live on is a fault; what merely could not be tidied is a leftover and tried again in the background.
/// </summary>
internal sealed class SandboxRemover(SandboxRester rester, GuestLinks links, SandboxRecords records, ISandboxStorage storage, Leftovers leftovers)
{
    public async Task<Result<Done>> RemoveAsync(SandboxId id, CancellationToken cancellation)
    {
        // The record goes first: a server that dies from here on must not re-attach what is half gone.
        records.Delete(id);
        if ((await rester.EndAsync(id, cancellation)).Fault is { } running)
        {
            leftovers.Add(id, running.Detail);
            return running;
        }

        links.End(id);
        var freed = await FreeFilesAsync(id, cancellation);
        if (freed.Fault is { } left) leftovers.Add(id, left.Detail);
        else leftovers.Gone(id);
        return Done.Value;
    }

    private async Task<Result<Done>> FreeFilesAsync(SandboxId id, CancellationToken cancellation) =>
        rester.FreeFiles(id).Fault is { } left ? left : await storage.DeleteAsync(id, cancellation);
}
