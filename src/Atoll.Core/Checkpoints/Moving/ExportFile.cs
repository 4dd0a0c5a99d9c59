using System.Collections.Immutable;

namespace Atoll.Core.Checkpoints.Moving;

/// <summary>A file of the checkpoint besides its disk, compressed and cut as a layer is.</summary>
internal sealed record ExportFile(string Name, long RawBytes, ImmutableArray<ExportPart> Parts);
