using System.Text.Json;
using Atoll.Core.Failpoints;
using Atoll.Core.Faults;
using Atoll.Core.Machines;
using Atoll.Core.Objects;

namespace Atoll.Core.Checkpoints.Moving;

/// <summary>
/// Puts a checkpoint's saved memory into the store, file by file, and its record behind them. The image is checked first, as before a restore: what is damaged goes nowhere.
/// </summary>
internal sealed class MemorySender(IMemoryStreams streams, IObjectStore store, PartSender parts, TimeProvider time)
{
    private readonly StoredParts _stored = new(store, time);

    /// <returns>What it consists of (nothing for a checkpoint of the disk alone), and how many bytes had to be sent.</returns>
    public async Task<Result<(ExportMemory? Memory, IReadOnlyList<ExportFile> Files, long Sent)>> EnsureAsync(Checkpoint checkpoint, TransferProgress progress, CancellationToken cancellation)
    {
        if (checkpoint.Memory is not { } saved) return (null, [], 0L);
        try
        {
            if (!(await streams.DescribeAsync(saved, checkpoint.Spec.Isolation, cancellation)).TryGet(out var described, out var fault)) return fault;
            var key = ExportKeys.MemoryRecord(saved);
            if (await _stored.FindAsync(key, ManifestReader.MaxBytes, cancellation) is { } json && ManifestReader.ReadMemory(json) is { } known && known.Checkpoint == saved.Value) return (known.Memory, known.Files, 0L);
            ExportMemory memory = new(described.Runtime, described.Agent, described.Token);
            var sent = 0L;
            List<ExportFile> files = [];
            foreach (var (name, _) in described.Files)
            {
                var read = await streams.SendAsync(
                    saved, name,
                    async stream =>
                    {
                        var (packed, more) = await parts.SendAsync(ExportKeys.Memory(saved.Value), stream, long.MaxValue, progress, cancellation);
                        sent += more;
                        files.Add(new(name, packed.RawBytes, packed.Parts));
                    },
                    cancellation);
                if (read.Fault is { } broken) return broken;
            }

            using MemoryStream record = new(JsonSerializer.SerializeToUtf8Bytes(new MemoryRecord(ManifestReader.Format, ManifestReader.Version, saved.Value, memory, [.. files]), ManifestJson.Default.MemoryRecord));
            if ((await store.PutAsync(key, record, cancellation)).Fault is { } unkept) return unkept;
            Failpoint.Hit("export.memory");
            return (memory, files, sent);
        }
        catch (FaultException failure)
        {
            return failure.Fault;
        }
    }
}
