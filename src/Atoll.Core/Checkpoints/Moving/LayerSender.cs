using System.Text.Json;
using Atoll.Core.Failpoints;
using Atoll.Core.Faults;
using Atoll.Core.Machines;
using Atoll.Core.Objects;

namespace Atoll.Core.Checkpoints.Moving;

/// <summary>Puts a disk's layer into the store, part by part, and its record behind them.</summary>
internal sealed class LayerSender(IDiskStreams streams, IObjectStore store, PartSender parts)
{
    /// <returns>The layer, and how many bytes had to be sent.</returns>
    public async Task<Result<(ExportLayer Layer, long Sent)>> SendAsync(StreamedDisk disk, StreamedDisk? since, TransferProgress progress, CancellationToken cancellation)
    {
        try
        {
            ExportLayer? layer = null;
            var sent = 0L;
            var read = await streams.SendAsync(
                disk, since,
                async stream =>
                {
                    (var packed, sent) = await parts.SendAsync(ExportKeys.Layer(disk.Id), stream, progress, cancellation);
                    layer = new(disk.Id, since?.Id, packed.RawBytes, packed.Parts);
                },
                cancellation);
            if (read.Fault is { } broken) return broken;
            using MemoryStream record = new(JsonSerializer.SerializeToUtf8Bytes(new LayerRecord(ManifestReader.Format, ManifestReader.Version, layer!), ManifestJson.Default.LayerRecord));
            var kept = await store.PutAsync(ExportKeys.Record(disk.Id), record, cancellation);
            if (kept.Fault is { } unkept) return unkept;
            Failpoint.Hit("export.layer");
            return (layer!, sent);
        }
        catch (FaultException failure)
        {
            return failure.Fault;
        }
    }
}
