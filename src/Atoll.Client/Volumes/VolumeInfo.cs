namespace Atoll.Client.Volumes;

/// <summary>Storage that outlives sandboxes.</summary>
/// <param name="SizeMiB">The most that can be written to it; 0 for no limit, and of a snapshot.</param>
/// <param name="ReadOnly">A snapshot: it can be mounted only read-only.</param>
/// <param name="Source">What it was made from; that may have been deleted since.</param>
/// <param name="SharedBytes">What it began with: not counted against its size.</param>
/// <param name="UsedBytes">What was written to it, up to 30 s old; null in lists.</param>
/// <param name="Sandboxes">Ids of those that have it mounted.</param>
public sealed record VolumeInfo(
    string Id, string? Name, long SizeMiB, bool ReadOnly, string? Source, long SharedBytes, long? UsedBytes, IReadOnlyList<string>? Sandboxes, string? Node, DateTimeOffset? CreatedAt);
