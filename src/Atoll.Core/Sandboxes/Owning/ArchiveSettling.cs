using Atoll.Core.Checkpoints;
using Atoll.Core.Faults;
using Atoll.Core.Journal;
using Atoll.Core.Sandboxes.Living;

namespace Atoll.Core.Sandboxes.Owning;

/// <summary>What is left of an archive that was begun, in its sandbox's turn; and of one whose sandbox has ended meanwhile.</summary>
internal sealed class ArchiveSettling(SandboxArchiver archiver, IDiskArchives archives, SandboxDirectory directory, RestSteps rest) : IJournalledOperation
{
    private static readonly TimeSpan SettleLimit = TimeSpan.FromSeconds(5);

    public string Operation => SandboxArchiver.Operation;

    public async Task<Result<Done>> SettleAsync(JournalEntry entry, bool starting, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        if (starting) limit.CancelAfter(SettleLimit);
        try
        {
            var id = SandboxId.Parse(entry.Subject);
            return directory.Find(id) is null
                ? await archives.ForgetAsync(id, CheckpointId.Parse(entry.Data), limit.Token)
                : await rest.SettleAsync(entry, starting, (living, left) => archiver.SettleAsync(living, left, limit.Token));
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new Fault(FaultCode.ObjectStoreUnavailable, FaultSide.Server, FaultStage.Storage, $"The object store gave no answer within {SettleLimit.TotalSeconds} s.");
        }
    }
}
