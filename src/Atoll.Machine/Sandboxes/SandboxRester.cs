using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;
using Atoll.Machine.Isolation.Idling;
using Atoll.Machine.Live;
using Atoll.Machine.Networking;

namespace Atoll.Machine.Sandboxes;

/// <summary>
/// Ends a sandbox's processes and frees all but its disk. Each step succeeds for what is not there, so the whole may be repeated until it succeeds, and after a crash at any of them; the record, which
/// says which slot it had, goes last.
/// </summary>
internal sealed class SandboxRester(
    LiveHandles live, SandboxRuntimes runtimes, ISandboxNetwork network, GuestFolders folders, SandboxRecords records, SandboxExits exits, GuestLinks links, IdleSentries idle)
{
    public async Task<Result<Done>> RestAsync(SandboxId id, CancellationToken cancellation)
    {
        var ended = await EndAsync(id, cancellation);
        return ended.Succeeded ? FreeFiles(id) : ended;
    }

    /// <summary>Its processes, and its network slot.</summary>
    public async Task<Result<Done>> EndAsync(SandboxId id, CancellationToken cancellation)
    {
        exits.Forget(id);
        var ended = live.TryGet(id, out var handle) ? await handle.Runtime.RemoveAsync(id, cancellation) : await RemoveFromAllAsync(id, cancellation);
        if (!ended.Succeeded) return ended;
        idle.Forget(id);
        if (!live.TryTake(id, out handle)) return ended;
        links.Rest(id, handle.Guest);
        await network.ReleaseAsync(handle.Slot);
        return ended;
    }

    /// <summary>What it had under the run-time directory.</summary>
    public Result<Done> FreeFiles(SandboxId id)
    {
        try
        {
            folders.Delete(id);
            records.Delete(id);
            return Done.Value;
        }
        catch (IOException failure)
        {
            return new Fault(FaultCode.HostFailure, FaultSide.Host, FaultStage.Agent, failure.Message);
        }
    }

    /// <summary>Which isolation it had is not known any more (a crash during its start): each is asked.</summary>
    private async Task<Result<Done>> RemoveFromAllAsync(SandboxId id, CancellationToken cancellation)
    {
        Fault? first = null;
        foreach (var runtime in runtimes.All) first ??= (await runtime.RemoveAsync(id, cancellation)).Fault;
        return first is null ? Done.Value : first;
    }
}
