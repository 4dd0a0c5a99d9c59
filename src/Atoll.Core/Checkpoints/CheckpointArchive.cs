namespace Atoll.Core.Checkpoints;

/// <summary>An export as one file. Dispose <paramref name="Bytes"/>.</summary>
/// <param name="Length">How many bytes it has.</param>
public sealed record CheckpointArchive(Stream Bytes, long Length);
