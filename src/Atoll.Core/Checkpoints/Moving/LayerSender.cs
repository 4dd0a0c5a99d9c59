using System.Collections.Immutable;
using System.Text.Json;
using Atoll.Core.Failpoints;
using Atoll.Core.Faults;
using Atoll.Core.Machines;
using Atoll.Core.Objects;
using Microsoft.Extensions.Options;
using ZstdSharp;

namespace Atoll.Core.Checkpoints.Moving;

/// <summary>Puts a disk's layer into the store, part by part, and its record behind them. Parts that are there already with the right digest are not sent again.</summary>
internal sealed class LayerSender(IDiskStreams streams, IObjectStore store, IOptions<ExportOptions> options)
{
    private const int CopyBytes = 256 * 1024;

    /// <returns>The layer, and how many bytes had to be sent.</returns>
    public async Task<Result<(ExportLayer Layer, long Sent)>> SendAsync(StreamedDisk disk, StreamedDisk? since, TransferProgress progress, CancellationToken cancellation)
    {
        var (parts, raw, sent) = (ImmutableArray<ExportPart>.Empty, 0L, 0L);
        try
        {
            var read = await streams.SendAsync(
                disk, since,
                async stream =>
                {
                    await using PartWriter writer = new(options.Value.PartBytes, async (part, bytes) => sent += await KeepAsync(disk.Id, part, bytes, cancellation));
                    await using (CompressionStream zstd = new(writer, options.Value.Level, leaveOpen: true)) raw = await CopyAsync(stream, zstd, progress, cancellation);
                    await writer.CompleteAsync();
                    parts = [.. writer.Parts];
                },
                cancellation);
            if (read.Fault is { } broken) return broken;
            ExportLayer layer = new(disk.Id, since?.Id, raw, parts);
            using MemoryStream record = new(JsonSerializer.SerializeToUtf8Bytes(new LayerRecord(ManifestReader.Format, ManifestReader.Version, layer), ManifestJson.Default.LayerRecord));
            var kept = await store.PutAsync(ExportKeys.Record(disk.Id), record, cancellation);
            if (kept.Fault is { } unkept) return unkept;
            Failpoint.Hit("export.layer");
            return (layer, sent);
        }
        catch (FaultException failure)
        {
            return failure.Fault;
        }
    }

    private async Task<long> KeepAsync(Guid disk, ExportPart part, ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        var key = ExportKeys.Part(disk, part.Sha256);
        if (!(await store.HeadAsync(key, cancellation)).TryGet(out var there, out var fault)) throw new FaultException(fault);
        if (there?.Bytes == part.Bytes) return 0;
        using MemoryStream content = new(bytes.ToArray(), writable: false);
        if ((await store.PutAsync(key, content, cancellation)).Fault is { } refused) throw new FaultException(refused);
        Failpoint.Hit("export.part");
        return part.Bytes;
    }

    private async Task<long> CopyAsync(Stream from, CompressionStream to, TransferProgress progress, CancellationToken cancellation)
    {
        var buffer = new byte[CopyBytes];
        var total = 0L;
        while (await from.ReadAsync(buffer, cancellation) is > 0 and var count)
        {
            if ((total += count) > options.Value.MostBytes) throw new FaultException(ExportFaults.TooLarge(options.Value.MostBytes));
            await to.WriteAsync(buffer.AsMemory(0, count), cancellation);
            progress.Count(count);
        }

        return total;
    }
}
