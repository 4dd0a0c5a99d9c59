using Atoll.Core.Failpoints;
using Atoll.Core.Faults;
using Atoll.Core.Journal;
using Atoll.Core.Objects;
using Atoll.Core.Sandboxes;
using Atoll.Core.Store;

namespace Atoll.Core.Checkpoints.Moving;

/// <summary>
/// Deletes an export: first for everybody who looks, and noted in the journal with what it named, then its manifest, then what nothing else names. What cannot be freed now, the store being gone or an
/// export under way that stands on it, is tried again.
/// </summary>
internal sealed class ExportDeleter(ExportStore exports, IObjectStore store, StoredParts parts, PlaceRemover remover, ExportTurns turns, JournalStore journal) : IJournalledOperation
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(5);

    public string Operation => ExportStore.DeleteOperation;

    public async Task<Result<Done>> DeleteAsync(StoredExport found)
    {
        try
        {
            var export = ExportKeys.TryParse(found.Key)!.Value;
            var manifest = await parts.FindAsync(export.Key, ManifestReader.MaxBytes, CancellationToken.None);
            var places = manifest is not null && ManifestReader.Read(manifest, long.MaxValue).TryGet(out var read, out _) ? NamedPlaces.Of(read) : [];
            var entry = journal.New(Operation, found.Key, string.Join(' ', places));
            journal.Hold(entry);
            if (!(await exports.DeleteAsync(found, entry)).TryGet(out var own, out var fault) || !own)
            {
                // It may be gone all the same, when the connection broke: then it is settled later.
                journal.LetGo(entry);
                return fault is null ? Done.Value : fault;
            }

            Failpoint.Hit("export.delete.noted");
            if ((await DeleteManifestAsync(export, CancellationToken.None)).Fault is { } there)
            {
                journal.LetGo(entry);
                return ExportFaults.DeletedLater(there);
            }

            var freed = await FreeAsync(entry, CancellationToken.None);
            if (freed.Succeeded) await journal.EndAsync(entry);
            else journal.LetGo(entry);
            Failpoint.Hit("export.delete.done");
            return Done.Value;
        }
        catch (FaultException failure)
        {
            return failure.Fault;
        }
    }

    public async Task<Result<Done>> SettleAsync(JournalEntry entry, bool starting, CancellationToken cancellation)
    {
        // A store that is slow or gone must not hold up a start: it is tried again each minute.
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        if (starting) limit.CancelAfter(StartLimit);
        try
        {
            if ((await DeleteManifestAsync(ExportKeys.TryParse(entry.Subject)!.Value, limit.Token)).Fault is { } there) return there;
            return await FreeAsync(entry, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return ObjectFaults.Unavailable(store.Description, $"it was not done within {StartLimit.TotalSeconds} s.");
        }
    }

    private Task<Result<Done>> FreeAsync(JournalEntry entry, CancellationToken cancellation)
    {
        Failpoint.Hit("export.delete.manifest");
        return remover.RemoveAsync(entry.Data.Split(' ', StringSplitOptions.RemoveEmptyEntries), cancellation);
    }

    /// <summary>Unless it has been exported again meanwhile.</summary>
    private async Task<Result<Done>> DeleteManifestAsync((ObjectKey Key, CheckpointId Checkpoint, string Digest) export, CancellationToken cancellation)
    {
        using var turn = await turns.TakeAsync(export.Checkpoint, cancellation);
        if (!(await exports.HasAsync(export.Key.Value, cancellation)).TryGet(out var again, out var fault)) return fault;
        return again ? Done.Value : await store.DeleteAsync(export.Key, cancellation);
    }
}
