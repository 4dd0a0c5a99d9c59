using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Atoll.Core.Checkpoints.Moving;

/// <summary>A disk's stream, compressed with zstd and cut into parts.</summary>
/// <param name="Id">The disk's id.</param>
/// <param name="Base">The disk that it begins at; null: at nothing.</param>
/// <param name="RawBytes">The stream's length, uncompressed.</param>
internal sealed record ExportLayer(Guid Id, Guid? Base, long RawBytes, ImmutableArray<ExportPart> Parts)
{
    [JsonIgnore]
    public Packed Packed => new(ExportKeys.Layer(Id), RawBytes, Parts);
}
