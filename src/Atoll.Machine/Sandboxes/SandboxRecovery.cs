using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;
using Atoll.Machine.Live;
using Atoll.Machine.Networking;
using Atoll.Machine.Storage;
using Microsoft.Extensions.Logging;

namespace Atoll.Machine.Sandboxes;

/// <summary>
/// After a start of this server: takes up again what still lives and is owned, and removes the rest. What is there is found by listing (records, runtimes, storage,
/// guest folders), all of it named by sandbox id, so that a crash at any step of a start or a removal is mended here.
/// </summary>
internal sealed partial class SandboxRecovery(
    SandboxRuntimes runtimes,
    ISandboxStorage storage,
    ISandboxNetwork network,
    GuestFolders folders,
    SandboxRecords records,
    LiveHandles live,
    SandboxExits exits,
    SandboxRemover remover,
    GuestLinks links,
    ILogger<SandboxRecovery> log)
{
    /// <param name="halted">Kept also without a process: their disk, their slot, and the record that says which.</param>
    public async Task<Result<IReadOnlySet<SandboxId>>> RecoverAsync(IReadOnlyDictionary<SandboxId, SandboxSpec> owned, IReadOnlySet<SandboxId> halted, CancellationToken cancellation)
    {
        var (alive, still) = (new List<SandboxRecord>(), new List<SandboxRecord>());
        foreach (var record in records.ReadAll())
        {
            if (!owned.ContainsKey(record.Id)) continue;
            if (await runtimes[record.Isolation].InspectAsync(record.Id, cancellation) == record.Init) alive.Add(record);
            else if (halted.Contains(record.Id)) still.Add(record);
        }

        var opened = await network.OpenAsync(alive.Concat(still).ToDictionary(record => record.Slot, record => record.Id), cancellation);
        if (opened.Fault is { } fault) return fault;

        foreach (var record in alive) exits.Watch(await AttachAsync(record, cancellation));
        foreach (var record in still) await AttachAsync(record, cancellation);
        var attached = alive.Concat(still).Select(record => record.Id).ToHashSet();
        await SweepAsync(attached, cancellation);
        if ((await storage.Checkpoints.SweepAsync(cancellation)).Fault is { } left) LogLeft(left.Detail);
        LogRecovered(attached.Count);
        return attached;
    }

    private async Task<LiveHandle> AttachAsync(SandboxRecord record, CancellationToken cancellation)
    {
        var runtime = runtimes[record.Isolation];

        // A server that died while it saved disk or memory left the processes standing still.
        runtime.Thaw(record.Id);
        await runtime.ContinueAsync(record.Id, cancellation);
        var slot = network.Slot(record.Slot);
        var handle = new LiveHandle(record.Id, runtime, record.Init, slot, links.Attach(record.Id, slot, record.Token));
        live.Add(handle);
        return handle;
    }

    private async Task SweepAsync(HashSet<SandboxId> attached, CancellationToken cancellation)
    {
        var found = new HashSet<SandboxId>(folders.List());
        found.UnionWith(records.ReadAll().Select(record => record.Id));
        found.UnionWith(await storage.ListAsync(cancellation));
        foreach (var runtime in runtimes.All) found.UnionWith(await runtime.ListAsync(cancellation));
        found.ExceptWith(attached);
        foreach (var id in found)
        {
            var removed = await remover.RemoveAsync(id, cancellation);
            LogSwept(id, removed.Fault?.Detail ?? "removed");
        }
    }

    [LoggerMessage(2010, LogLevel.Information, "{Count} running sandboxes taken up again")]
    private partial void LogRecovered(int count);

    [LoggerMessage(2012, LogLevel.Warning, "What a restore or comparison left in the pool could not be removed: {Reason}")]
    private partial void LogLeft(string reason);

    [LoggerMessage(2011, LogLevel.Information, "Swept sandbox {Sandbox}, which nobody owns: {Outcome}")]
    private partial void LogSwept(SandboxId sandbox, string outcome);
}
