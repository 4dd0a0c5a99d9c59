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
/// <param name="Kind"><c>disk</c>. (<c>full</c> will have its memory's files in <paramref name="Files"/>.)</param>
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
    ImmutableArray<ExportFile> Files)
{
    [JsonIgnore]
    public IEnumerable<ExportPart> Parts => Layers.SelectMany(layer => layer.Parts);

    /// <summary>Of the disk's streams, uncompressed.</summary>
    [JsonIgnore]
    public long RawBytes => Layers.Sum(layer => layer.RawBytes);
}
