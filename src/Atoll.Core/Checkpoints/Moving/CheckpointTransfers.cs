using Atoll.Core.Checkpoints.Service;
using Atoll.Core.Faults;
using Atoll.Core.Objects;
using Atoll.Core.Teams;
using Microsoft.Extensions.Options;

namespace Atoll.Core.Checkpoints.Moving;

/// <summary>The front door of exports and imports: finds what is meant, waits for its turn, reads manifests.</summary>
internal sealed class CheckpointTransfers(
    CheckpointFinder finder, TeamExporter exporter, CheckpointImporter importer, TransferTurns turns, StoredParts stored, IOptions<ExportOptions> options) : ICheckpointTransfers, IDisposable
{
    /// <summary>An upload goes at its client's pace: it has places of its own, so that a slow one holds up nobody's exports.</summary>
    private const int UploadsForEach = 4;
    private readonly SemaphoreSlim _uploads = new(options.Value.AtOnce * UploadsForEach);

    public async Task<Result<Exported>> ExportAsync(TeamId team, string checkpoint, TransferProgress progress, CancellationToken cancellation) =>
        (await FindAndExportAsync(team, checkpoint, progress, cancellation)).Map(outcome => outcome.Told);

    public async Task<Result<CheckpointArchive>> OpenArchiveAsync(TeamId team, string checkpoint, CancellationToken cancellation)
    {
        if (!(await FindAndExportAsync(team, checkpoint, new(), cancellation)).TryGet(out var outcome, out var fault)) return fault;
        ArchiveStream archive = new(outcome.Manifest, outcome.Json, stored);
        return new CheckpointArchive(archive, archive.Length);
    }

    public async Task<Result<Checkpoint>> ImportAsync(TeamId team, string key, ImportRequest request, TransferProgress progress, CancellationToken cancellation)
    {
        if (ExportKeys.TryParse(key) is not { } parsed) return ExportFaults.NotAKey(key);
        return await turns.TakeAsync<Checkpoint>(
            team,
            async () =>
            {
                if (await stored.FindAsync(parsed.Key, ManifestReader.MaxBytes, cancellation) is not { } json) return ObjectFaults.NotFound(parsed.Key);
                if (ExportKeys.Digest(json) != parsed.Digest) return ExportFaults.Invalid("its manifest has been altered.");
                if (!ManifestReader.Read(json, options.Value.MostBytes).TryGet(out var manifest, out var fault)) return fault;
                return await importer.ImportAsync(team, manifest, request, stored, () => Task.CompletedTask, progress, cancellation);
            },
            cancellation);
    }

    public async Task<Result<Checkpoint>> ImportAsync(TeamId team, Stream archive, ImportRequest request, TransferProgress progress, CancellationToken cancellation)
    {
        if (!_uploads.Wait(0, CancellationToken.None)) return ExportFaults.TooManyUploads;
        try
        {
            ArchiveReader reader = new(archive);
            if (!ManifestReader.Read(await reader.ReadManifestAsync(cancellation), options.Value.MostBytes).TryGet(out var manifest, out var fault)) return fault;
            if (manifest.Memory is not null && !options.Value.UploadedMemory) return ExportFaults.UploadedMemory;
            return await importer.ImportAsync(team, manifest, request, reader, () => reader.EndAsync(cancellation), progress, cancellation);
        }
        catch (FaultException failure)
        {
            return failure.Fault;
        }
        finally
        {
            _uploads.Release();
        }
    }

    public void Dispose() => _uploads.Dispose();

    private async Task<Result<ExportOutcome>> FindAndExportAsync(TeamId team, string checkpoint, TransferProgress progress, CancellationToken cancellation)
    {
        if (!(await finder.FindAsync(team, checkpoint, cancellation)).TryGet(out var found, out var fault)) return fault;
        return await exporter.ExportAsync(found, progress, cancellation);
    }
}
