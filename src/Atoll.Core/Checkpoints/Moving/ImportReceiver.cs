using Atoll.Core.Failpoints;
using Atoll.Core.Faults;
using Atoll.Core.Machines;
using Atoll.Core.Objects;
using Atoll.Core.Sandboxes;
using Microsoft.Extensions.Options;

namespace Atoll.Core.Checkpoints.Moving;

/// <summary>Receives what a manifest names: the disk layer by layer, then the files of its memory. Nothing is kept before all of it is there and checked.</summary>
internal sealed class ImportReceiver(IDiskStreams disks, IMemoryStreams memories, IOptions<ExportOptions> options)
{
    /// <summary>What a file system needs besides its files' bytes, at most: small files are mostly that.</summary>
    private const long Overhead = 64 << 20;

    /// <param name="finish">Called when all parts are read.</param>
    /// <returns>What it takes, in bytes of this host's storage.</returns>
    /// <exception cref="FaultException">A part cannot be had, or is not what it should be.</exception>
    public async Task<Result<long>> ReceiveAsync(
        CheckpointId id, IsolationKind isolation, ExportManifest manifest, IPartSource parts, Func<Task> finish, TransferProgress progress, CancellationToken cancellation)
    {
        // Begun first: what this host cannot read is refused before any of it is sent.
        IMemoryReceiver? memory = null;
        if (Describe(manifest) is { } described && !(await memories.ReceiveAsync(id, isolation, described, cancellation)).TryGet(out memory, out var refused)) return refused;
        ReceiveBounds bounds = new((manifest.DiskBytes * 2) + Overhead, options.Value.MostEntries);
        if (!(await disks.ReceiveAsync(id, bounds, cancellation)).TryGet(out var disk, out var fault)) return fault;
        using (disk)
        {
            foreach (var layer in manifest.Layers)
            {
                await using RawStream raw = new(layer.Packed, parts, progress);
                if ((await disk.ApplyAsync(layer.Id, layer.Base, raw, cancellation)).Fault is { } unsound) return unsound;
            }

            foreach (var file in manifest.Files)
            {
                await using RawStream raw = new(manifest.PackedOf(file), parts, progress);
                if ((await memory!.WriteAsync(file.Name, raw, cancellation)).Fault is { } unwritten) return unwritten;
            }

            await finish();
            Failpoint.Hit("import.received");
            if (!(await disk.KeepAsync(cancellation)).TryGet(out var bytes, out fault)) return fault;
            Failpoint.Hit("import.kept");
            if (memory is null) return bytes;
            if (!(await memory.KeepAsync(cancellation)).TryGet(out var more, out fault)) return fault;
            Failpoint.Hit("import.memory");
            return bytes + more;
        }
    }

    private static SavedMemory? Describe(ExportManifest manifest) => manifest.Memory is not { } memory ? null
        : new(CheckpointId.Parse(manifest.Checkpoint), memory.Runtime, memory.Agent, memory.Token, [.. manifest.Files.Select(file => new SavedMemoryFile(file.Name, file.RawBytes))]);
}
