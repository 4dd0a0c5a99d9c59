using System.Text.Json;
using Atoll.Core.Failpoints;
using Atoll.Core.Faults;
using Atoll.Core.Machines;
using Atoll.Core.Objects;
using Atoll.Core.Sandboxes;
using Microsoft.Extensions.Options;

namespace Atoll.Core.Checkpoints.Moving;

/// <summary>Reads archives, from their key on: its digest vouches for the manifest, and that one's for every part.</summary>
internal sealed class ArchiveReading(IDiskStreams streams, IObjectStore store, IOptions<ExportOptions> options, TimeProvider time)
{
    public const string Format = "atoll-archive";

    /// <summary>What each of their manifests begins with, and no part of a compressed stream does.</summary>
    public static ReadOnlySpan<byte> Begin => "{\"format\":\"atoll-archive\""u8;

    /// <summary>What a file system needs besides its files' bytes, at most.</summary>
    private const long Overhead = 64 << 20;
    private readonly StoredParts _stored = new(store, time);

    /// <summary>Reads all of it, and checks each part.</summary>
    public Task<Result<Done>> VerifyAsync(SandboxId sandbox, string key, CancellationToken cancellation) => GuardAsync(sandbox, async () =>
    {
        var manifest = await ReadAsync(sandbox, key, cancellation);
        foreach (var packed in Contents(manifest, key))
        {
            foreach (var part in packed.Parts)
            {
                var bytes = new byte[part.Bytes];
                await _stored.ReadAsync(packed, part, bytes, cancellation);
                if (ExportKeys.Digest(bytes) != part.Sha256) return SandboxFaults.ArchiveDamaged(sandbox, $"part {part.Sha256} has been altered.");
            }
        }

        return Done.Value;
    });

    /// <summary>Makes a saved disk of it.</summary>
    public Task<Result<Done>> ReceiveAsync(SandboxId sandbox, string key, CheckpointId into, TransferProgress progress, CancellationToken cancellation) => GuardAsync(sandbox, async () =>
    {
        var manifest = await ReadAsync(sandbox, key, cancellation);
        var raw = manifest.Layers.Sum(layer => layer.RawBytes);
        progress.Expect(raw);
        if (!(await streams.ReceiveAsync(into, new((raw * 2) + Overhead, options.Value.MostEntries), cancellation)).TryGet(out var disk, out var fault)) return fault;
        using (disk)
        {
            foreach (var (layer, packed) in manifest.Layers.Zip(Contents(manifest, key)))
            {
                await using RawStream stream = new(packed, _stored, progress);
                if ((await disk.ApplyAsync(layer.Id, layer.Base, stream, cancellation)).Fault is { } unsound) return unsound;
            }

            var kept = await disk.KeepAsync(cancellation);
            Failpoint.Hit("wake.received");
            return kept.Map(_ => Done.Value);
        }
    });

    private async Task<ArchiveManifest> ReadAsync(SandboxId sandbox, string key, CancellationToken cancellation)
    {
        var json = await _stored.FindAsync(ObjectKey.Parse(key), ManifestReader.MaxBytes, cancellation) ?? throw Damaged("its manifest is missing.");
        if (ExportKeys.Digest(json) != key.Split('/')[^1]) throw Damaged("its manifest has been altered.");
        try
        {
            var manifest = JsonSerializer.Deserialize(json, ManifestJson.Default.ArchiveManifest);
            return manifest is { Format: Format, Version: ManifestReader.Version } && manifest.Sandbox == sandbox.Value && !manifest.Layers.IsDefaultOrEmpty
                ? manifest
                : throw Damaged("its manifest is none that this server knows.");
        }
        catch (JsonException)
        {
            throw Damaged("its manifest is none that this server knows.");
        }

        FaultException Damaged(string why) => new(SandboxFaults.ArchiveDamaged(sandbox, why));
    }

    /// <summary>The last layer is the archive's own.</summary>
    private static IEnumerable<Packed> Contents(ArchiveManifest manifest, string key) =>
        manifest.Layers.Select((layer, i) => i < manifest.Layers.Length - 1 ? layer.Packed : layer.Packed with { Place = key[..(key.LastIndexOf('/') + 1)] });

    /// <summary>What an importer is told of what was altered is, here, the sandbox's own.</summary>
    private static async Task<Result<Done>> GuardAsync(SandboxId sandbox, Func<Task<Result<Done>>> work)
    {
        Fault? fault;
        try
        {
            fault = (await work()).Fault;
        }
        catch (FaultException failure)
        {
            fault = failure.Fault;
        }

        return fault is null ? Done.Value : fault.Code is FaultCode.ExportInvalid ? SandboxFaults.ArchiveDamaged(sandbox, fault.Detail) : fault;
    }
}
