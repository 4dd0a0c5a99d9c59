using Atoll.Core.Checkpoints;
using Atoll.Core.Faults;
using Atoll.Core.Journal;
using Atoll.Core.Sandboxes.Living;
using Atoll.Core.Store;

namespace Atoll.Core.Sandboxes.Owning;

/// <summary>
/// Deletes archives that nobody needs any more, because their sandbox has its disk again or has ended. Noted before that is saved, so that none stays in the store for good; a note whose sandbox is
/// still archived there says nothing. A store that is gone holds up neither a wake nor an end.
/// </summary>
internal sealed class ArchiveForgetter(IDiskArchives archives, SandboxDirectory directory, JournalStore journal) : IJournalledOperation
{
    private static readonly TimeSpan SettleLimit = TimeSpan.FromSeconds(5);

    public string Operation => "archive.forget";

    /// <returns>Null where there is no archive.</returns>
    public async Task<Result<JournalEntry?>> BeginAsync(Sandbox sandbox)
    {
        if (sandbox.Archive is not { } key) return Result.Of<JournalEntry?>(null);
        var noted = journal.New(Operation, DiskOf(key).Value, sandbox.Id.Value);
        var begun = await journal.BeginAsync(noted, () => SandboxFaults.Turning(sandbox.Id));

        // It may be noted already, by an end that could not be completed.
        return begun.Fault is { Code: not FaultCode.SandboxNotRunning } unnoted ? unnoted : noted;
    }

    /// <summary>Now, or when the store is there again.</summary>
    public async Task EndAsync(JournalEntry? noted)
    {
        if (noted is null) return;
        if ((await SettleAsync(noted, starting: false, CancellationToken.None)).Succeeded) await journal.EndAsync(noted);
        else journal.LetGo(noted);
    }

    public async Task<Result<Done>> SettleAsync(JournalEntry entry, bool starting, CancellationToken cancellation)
    {
        var id = SandboxId.Parse(entry.Data);
        if (directory.Find(id) is { Doubtful: true }) return SandboxFaults.Turning(id);
        if (directory.Find(id)?.Sandbox.Archive is { } key && DiskOf(key).Value == entry.Subject) return Done.Value;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(SettleLimit);
        try
        {
            return await archives.ForgetAsync(id, CheckpointId.Parse(entry.Subject), limit.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new Fault(FaultCode.ObjectStoreUnavailable, FaultSide.Server, FaultStage.Storage, $"The object store gave no answer within {SettleLimit.TotalSeconds} s.");
        }
    }

    /// <summary>The saved disk that an archive was made of: archives/SANDBOX/DISK/DIGEST.</summary>
    private static CheckpointId DiskOf(string key) => CheckpointId.Parse(key.Split('/')[^2]);
}
