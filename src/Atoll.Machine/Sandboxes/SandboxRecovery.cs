using Atoll.Core.Faults;
using Atoll.Core.Machines;
using Atoll.Core.Sandboxes;
using Atoll.Machine.Live;
using Atoll.Machine.Networking;
using Atoll.Machine.Storage;
using Microsoft.Extensions.Logging;

namespace Atoll.Machine.Sandboxes;

/// <summary>
/// After a start of this server: takes up again what still lives and is owned, keeps the disks of what was to live and does not, and removes the rest. What is there is found by listing (records, runtimes, storage,
/// guest folders), all of it named by sandbox id, so that a crash at any step of a start or a removal is mended here.
/// </summary>
internal sealed partial class SandboxRecovery(
    SandboxRuntimes runtimes,
    ISandboxStorage storage,
    ISandboxNetwork network,
    SandboxRecords records,
    LiveHandles live,
    SandboxExits exits,
    SandboxSweep sweep,
    GuestLinks links,
    ILogger<SandboxRecovery> log)
{
    public async Task<Result<RecoveredSandboxes>> RecoverAsync(KnownSandboxes known, CancellationToken cancellation)
    {
        var (alive, still) = (new List<SandboxRecord>(), new List<SandboxRecord>());
        foreach (var record in records.ReadAll())
        {
            if (!known.Owned.ContainsKey(record.Id)) continue;
            if (await runtimes[record.Isolation].InspectAsync(record.Id, cancellation) == record.Init) alive.Add(record);

            // Kept also without a process: their disk, their slot, and the record that says which.
            else if (known.Halted.Contains(record.Id)) still.Add(record);
        }

        var opened = await network.OpenAsync(alive.Concat(still).ToDictionary(record => record.Slot, record => record.Id), cancellation);
        if (opened.Fault is { } fault) return fault;

        foreach (var record in alive)
        {
            var handle = await AttachAsync(record, known.Paused.Contains(record.Id), cancellation);

            // A server that died while it freed a sandbox's memory left its limit raised.
            if ((await handle.Runtime.ApplyLimitsAsync(record.Id, known.Owned[record.Id].Limits, cancellation)).Fault is { } kept) LogNotLimited(record.Id, kept.Detail);
            exits.Watch(handle);
        }

        foreach (var record in still) await AttachAsync(record, paused: false, cancellation);
        var attached = alive.Concat(still).Select(record => record.Id).ToHashSet();

        // Of those whose processes were ended on purpose the record may be gone already: their disks are there.
        foreach (var id in known.AtRest.Concat(known.Halted.Where(known.Owned.ContainsKey)).Where(id => !attached.Contains(id)).ToList())
        {
            if (await storage.FindAsync(id, cancellation) is not null) attached.Add(id);
        }

        // A restart of the host, or an end while no server looked, costs no disk.
        var lost = new HashSet<SandboxId>();
        foreach (var id in known.Owned.Keys.Where(id => !attached.Contains(id)).ToList())
        {
            if (await storage.FindAsync(id, cancellation) is not null) lost.Add(id);
        }

        await sweep.RunAsync(known.AtRest.Where(attached.Contains).Union(lost).ToHashSet(), attached.Union(lost).ToHashSet(), cancellation);
        if ((await storage.Checkpoints.SweepAsync(cancellation)).Fault is { } left) LogLeft(left.Detail);
        if ((await storage.Volumes.SweepAsync(cancellation)).Fault is { } half) LogLeft(half.Detail);
        LogRecovered(attached.Count);
        return new RecoveredSandboxes(attached, lost);
    }

    private async Task<LiveHandle> AttachAsync(SandboxRecord record, bool paused, CancellationToken cancellation)
    {
        var runtime = runtimes[record.Isolation];

        // A server that died while it saved disk or memory left the processes standing still, and one that died while it resumed a sandbox left them running.
        if ((await runtime.ContinueAsync(record.Id, paused, cancellation)).Fault is { } running) LogNotFrozen(record.Id, running.Detail);
        var slot = network.Slot(record.Slot);
        var handle = new LiveHandle(record.Id, runtime, record.Init, slot, links.Attach(record.Id, slot, record.Token)) { Paused = paused };
        live.Add(handle);
        return handle;
    }

    [LoggerMessage(2013, LogLevel.Warning, "Sandbox {Sandbox} is to be paused and runs: {Reason}")]
    private partial void LogNotFrozen(SandboxId sandbox, string reason);

    [LoggerMessage(2019, LogLevel.Warning, "Sandbox {Sandbox} keeps the limits that it had: {Reason}")]
    private partial void LogNotLimited(SandboxId sandbox, string reason);

    [LoggerMessage(2010, LogLevel.Information, "{Count} running sandboxes taken up again")]
    private partial void LogRecovered(int count);

    [LoggerMessage(2012, LogLevel.Warning, "What a restore or comparison left in the pool could not be removed: {Reason}")]
    private partial void LogLeft(string reason);
}
