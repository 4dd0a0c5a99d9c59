using Atoll.Core.Sandboxes;
using Atoll.Machine.Storage;
using Microsoft.Extensions.Logging;

namespace Atoll.Machine.Sandboxes;

/// <summary>
/// What is on this host under a sandbox's id and should not be there, when the server starts: all of a sandbox that nobody owns, and of one at rest, or that has lost its processes, all but its disk. It is found by listing (records,
/// runtimes, storage, guest folders).
/// </summary>
internal sealed partial class SandboxSweep(
    SandboxRuntimes runtimes, ISandboxStorage storage, GuestFolders folders, SandboxRecords records, SandboxRemover remover, SandboxRester rester, ILogger<SandboxSweep> log)
{
    /// <param name="disks">Those that are to have their disks and nothing else.</param>
    /// <param name="kept">These, and those that live.</param>
    public async Task RunAsync(IReadOnlySet<SandboxId> disks, IReadOnlySet<SandboxId> kept, CancellationToken cancellation)
    {
        var parts = new HashSet<SandboxId>(folders.List());
        parts.UnionWith(records.ReadAll().Select(record => record.Id));
        foreach (var runtime in runtimes.All) parts.UnionWith(await runtime.ListAsync(cancellation));

        // A wake that a server did not live to save did not happen.
        foreach (var id in disks.Where(parts.Contains))
        {
            var rested = await rester.RestAsync(id, cancellation);
            LogRested(id, rested.Fault?.Detail ?? "done");
        }

        foreach (var id in parts.Union(await storage.ListAsync(cancellation)).Except(kept).ToList())
        {
            var removed = await remover.RemoveAsync(id, cancellation);
            LogSwept(id, removed.Fault?.Detail ?? "removed");
        }
    }

    [LoggerMessage(2011, LogLevel.Information, "Swept sandbox {Sandbox}, which nobody owns: {Outcome}")]
    private partial void LogSwept(SandboxId sandbox, string outcome);

    [LoggerMessage(2014, LogLevel.Information, "Freed what was left of sandbox {Sandbox} beside its disk: {Outcome}")]
    private partial void LogRested(SandboxId sandbox, string outcome);
}
