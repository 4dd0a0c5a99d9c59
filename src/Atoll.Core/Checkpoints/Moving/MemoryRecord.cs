using System.Collections.Immutable;

namespace Atoll.Core.Checkpoints.Moving;

/// <summary>That all files of a memory are in the store: written behind them.</summary>
internal sealed record MemoryRecord(string Format, int Version, string Checkpoint, ExportMemory Memory, ImmutableArray<ExportFile> Files);
