using System.Text.Json;
using Atoll.Core.Failpoints;
using Atoll.Core.Faults;
using Atoll.Core.Journal;
using Atoll.Core.Machines;
using Atoll.Core.Objects;
using Atoll.Core.Sandboxes;
using Atoll.Core.Store;
using Microsoft.Extensions.Options;

namespace Atoll.Core.Checkpoints.Moving;

/// <summary>
/// Puts a checkpoint into the object store: its layers, its memory where it has one, then its manifest. Noted in the journal, so that the half uploads of a server that dies are freed; the parts that it had stored stay, nobody
/// sees them, and the next export goes on with them.
/// </summary>
internal sealed class CheckpointExporter(
    IDiskStreams streams, LayerChains chains, MemorySender memories, IObjectStore store, DiskAncestors ancestors, JournalStore journal, IOptions<ExportOptions> options) : IJournalledOperation
{
    private static readonly TimeSpan SettleLimit = TimeSpan.FromSeconds(5);

    public string Operation => "checkpoint.export";

    public async Task<Result<ExportOutcome>> ExportAsync(Checkpoint checkpoint, TransferProgress progress, CancellationToken cancellation)
    {
        if (!(await ancestors.FindAsync(checkpoint.Parent, checkpoint.Team, checkpoint.Disk, cancellation)).TryGet(out var before, out var unread)) return unread;
        if (!(await streams.FindAsync(checkpoint.Disk, checkpoint.Spec.Template, before, cancellation)).TryGet(out var disks, out var fault)) return fault;
        var entry = journal.New(Operation, CheckpointId.New().Value, string.Join(' ', disks.Select(disk => ExportKeys.Layer(disk.Id)).Append(ExportKeys.Memory(checkpoint.Id.Value))));
        if ((await journal.BeginAsync(entry)).Fault is { } unnoted) return unnoted;
        Failpoint.Hit("export.noted");
        try
        {
            return await PutAsync(checkpoint, disks, progress, cancellation);
        }
        finally
        {
            await journal.EndAsync(entry);
            Failpoint.Hit("export.done");
        }
    }

    public async Task<Result<Done>> SettleAsync(JournalEntry entry, bool starting, CancellationToken cancellation)
    {
        // A store that is gone must not hold up a start: it is tried again each minute.
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(SettleLimit);
        try
        {
            foreach (var place in entry.Data.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                if ((await store.AbandonAsync(place, limit.Token)).Fault is { } fault) return fault;
            }

            return Done.Value;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return ObjectFaults.Unavailable(store.Description, $"it gave no answer within {SettleLimit.TotalSeconds} s.");
        }
    }

    private async Task<Result<ExportOutcome>> PutAsync(Checkpoint checkpoint, IReadOnlyList<StreamedDisk> disks, TransferProgress progress, CancellationToken cancellation)
    {
        using var hold = chains.Begin();
        await hold.AddAsync(ExportKeys.Memory(checkpoint.Id.Value), cancellation);
        if (!(await chains.EnsureAsync(disks, hold, (long)checkpoint.Spec.Limits.DiskMiB << 20, progress, cancellation)).TryGet(out var ensured, out var fault)) return fault;
        if (!(await memories.EnsureAsync(checkpoint, progress, cancellation)).TryGet(out var with, out fault)) return fault;
        ExportManifest manifest = new(
            ManifestReader.Format, ManifestReader.Version, checkpoint.Id.Value, with.Memory is null ? ManifestReader.Disk : ManifestReader.Full, checkpoint.Name, checkpoint.Comment, checkpoint.CreatedAt,
            new(checkpoint.Spec.Template, IsolationNames.Of(checkpoint.Spec.Isolation), checkpoint.Spec.User, checkpoint.Spec.WorkingDirectory, checkpoint.Spec.Env, checkpoint.Spec.Metadata),
            [.. ensured.Layers], [.. with.Files], with.Memory);
        if (manifest.RawBytes > options.Value.MostBytes) return ExportFaults.TooLarge(options.Value.MostBytes);
        var json = JsonSerializer.SerializeToUtf8Bytes(manifest, ManifestJson.Default.ExportManifest);
        if (json.Length > ManifestReader.MaxBytes) return ExportFaults.TooLarge(options.Value.MostBytes);
        var key = ExportKeys.Manifest(checkpoint.Id, json);
        if (!(await store.HeadAsync(key, cancellation)).TryGet(out var there, out fault)) return fault;
        if (there is null)
        {
            using MemoryStream content = new(json, writable: false);
            if ((await store.PutAsync(key, content, cancellation)).Fault is { } unkept) return unkept;
        }

        Failpoint.Hit("export.manifest");
        var parts = manifest.Parts.ToList();
        Exported told = new(key.Value, json.Length + parts.Sum(part => (long)part.Bytes), ensured.Sent + with.Sent + (there is null ? json.Length : 0), parts.Count);
        return new ExportOutcome(told, manifest, json);
    }
}
