using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Atoll.Core.Checkpoints.Moving;

/// <summary>
/// What an export is. Written last, so that one whose manifest is there is there whole. Everything in it is data: who may use the checkpoint, and how much of what it gets, is decided where it is
/// imported.
/// </summary>
/// <param name="Format">Always <see cref="ManifestReader.Format"/>.</param>
/// <param name="Version">Any change of meaning is another version.</param>
/// <param name="Checkpoint">Its id where it was exported.</param>
/// <param name="Kind"><c>disk</c>; or <c>full</c>, which has its memory's files in <paramref name="Files"/> and says in <paramref name="Memory"/> what they are.</param>
/// <param name="Layers">The disk, from the first on; each begins at the one before.</param>
/// <param name="Files">What there is besides the disk, by name; none for kind <c>disk</c>.</param>
internal sealed record ExportManifest(
    string Format,
    int Version,
    string Checkpoint,
    string Kind,
    string? Name,
    string? Comment,
    DateTimeOffset CreatedAt,
    ExportedSandbox Sandbox,
    ImmutableArray<ExportLayer> Layers,
    ImmutableArray<ExportFile> Files,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ExportMemory? Memory = null)
{
    /// <summary>All that it consists of, in the order in which it is read.</summary>
    [JsonIgnore]
    public IEnumerable<Packed> Contents => Layers.Select(layer => layer.Packed).Concat(Files.Select(PackedOf));

    [JsonIgnore]
    public IEnumerable<ExportPart> Parts => Contents.SelectMany(packed => packed.Parts);

    /// <summary>Of the disk's streams, uncompressed.</summary>
    [JsonIgnore]
    public long DiskBytes => Layers.Sum(layer => layer.RawBytes);

    /// <summary>Of all of it, uncompressed.</summary>
    [JsonIgnore]
    public long RawBytes => DiskBytes + Files.Sum(file => file.RawBytes);

    public Packed PackedOf(ExportFile file) => new(ExportKeys.Memory(Checkpoint), file.RawBytes, file.Parts);
}
