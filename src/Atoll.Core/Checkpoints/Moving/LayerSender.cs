using System.Text.Json;
using Atoll.Core.Failpoints;
using Atoll.Core.Faults;
using Atoll.Core.Machines;
using Atoll.Core.Objects;

namespace Atoll.Core.Checkpoints.Moving;

/// <summary>Puts a disk's layer into the store, part by part, and its record behind them.</summary>
internal sealed class LayerSender(DiskSender disks, IObjectStore store)
{
    /// <param name="diskBytes">The limit of the sandbox that wrote the disk.</param>
    /// <returns>The layer, which stands on <paramref name="since"/> or on nothing, and how many bytes had to be sent.</returns>
    public async Task<Result<(ExportLayer Layer, long Sent)>> SendAsync(StreamedDisk disk, StreamedDisk? since, long diskBytes, TransferProgress progress, CancellationToken cancellation)
    {
        try
        {
            if (!(await disks.SendAsync(ExportKeys.Layer(disk.Id), disk, since, diskBytes, progress, cancellation)).TryGet(out var made, out var broken)) return broken;
            using MemoryStream record = new(JsonSerializer.SerializeToUtf8Bytes(new LayerRecord(ManifestReader.Format, ManifestReader.Version, made.Layer), ManifestJson.Default.LayerRecord));
            var kept = await store.PutAsync(ExportKeys.Record(disk.Id), record, cancellation);
            if (kept.Fault is { } unkept) return unkept;
            Failpoint.Hit("export.layer");
            return made;
        }
        catch (FaultException failure)
        {
            return failure.Fault;
        }
    }
}
