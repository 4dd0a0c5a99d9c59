using System.Collections.Immutable;

namespace Atoll.Core.Checkpoints.Moving;

/// <summary>Bytes that were compressed and cut into parts: a layer of the disk, or a file.</summary>
/// <param name="Place">What the keys of its parts begin with.</param>
/// <param name="RawBytes">Uncompressed.</param>
internal sealed record Packed(string Place, long RawBytes, ImmutableArray<ExportPart> Parts);
