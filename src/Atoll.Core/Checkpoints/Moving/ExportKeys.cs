using System.Globalization;
using System.Security.Cryptography;
using Atoll.Core.Objects;
using Atoll.Core.Sandboxes;

namespace Atoll.Core.Checkpoints.Moving;

/// <summary>
/// Where the pieces of exports are:
/// <code>
/// exports/CHECKPOINT/DIGEST     a manifest; DIGEST is its SHA-256, so that the key vouches for what it names
/// layers/DISK/DIGEST            a part of a layer, by its SHA-256
/// layers/DISK/layer             that the layer is there whole
/// memories/CHECKPOINT/DIGEST    a part of a file of its memory, by its SHA-256
/// memories/CHECKPOINT/memory    that its files are there whole
/// archives/SANDBOX/DISK/DIGEST  the manifest of a sandbox's archive, and the parts of its own layer
/// </code>
/// Whoever knows an export's key may import it: it cannot be guessed, since nobody can say the digest who has not seen the manifest.
/// </summary>
internal static class ExportKeys
{
    public const string AllExports = "exports/";
    public const string AllArchives = "archives/";
    private const string Exports = "exports";
    private const int DigestLength = 64;

    public static ObjectKey Manifest(CheckpointId checkpoint, ReadOnlySpan<byte> manifest) => ObjectKey.Parse($"{Exports}/{checkpoint}/{Digest(manifest)}");

    public static string Layer(Guid disk) => string.Create(CultureInfo.InvariantCulture, $"layers/{disk:n}/");

    public static ObjectKey Record(Guid disk) => ObjectKey.Parse(Layer(disk) + "layer");

    public static string Memory(string checkpoint) => $"memories/{checkpoint}/";

    public static ObjectKey MemoryRecord(CheckpointId checkpoint) => ObjectKey.Parse(Memory(checkpoint.Value) + "memory");

    /// <summary>Of a place: that what it should hold is there whole.</summary>
    public static ObjectKey RecordOf(string place) => ObjectKey.Parse(place + (place.StartsWith("layers/", StringComparison.Ordinal) ? "layer" : "memory"));

    /// <summary>All that an archive of a sandbox consists of by itself.</summary>
    public static string Archive(SandboxId sandbox, CheckpointId disk) => $"archives/{sandbox}/{disk}/";

    public static ObjectKey ArchiveManifest(SandboxId sandbox, CheckpointId disk, ReadOnlySpan<byte> manifest) => ObjectKey.Parse(Archive(sandbox, disk) + Digest(manifest));

    /// <param name="place">Of <see cref="Layer"/> or <see cref="Memory"/>.</param>
    public static ObjectKey Part(string place, string digest) => ObjectKey.Parse(place + digest);

    public static string Digest(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <summary>The key of a manifest, and the checkpoint and digest in it.</summary>
    public static (ObjectKey Key, CheckpointId Checkpoint, string Digest)? TryParse(string text) =>
        text.Split('/') is [Exports, var checkpoint, { Length: DigestLength } digest] && CheckpointId.TryParse(checkpoint, out var id) && ObjectKey.TryParse(text, out var key) ? (key, id, digest) : null;
}
