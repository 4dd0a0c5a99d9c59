using Atoll.Core.Volumes;

namespace Atoll.Server.Api.Volumes;

/// <summary>Storage that outlives sandboxes.</summary>
/// <param name="SizeMiB">The most that can be written to it; 0 for no limit, and of a snapshot.</param>
/// <param name="ReadOnly">A snapshot: it can be mounted only with <c>readOnly</c>.</param>
/// <param name="Source">What it was made from, though that may have been deleted since.</param>
/// <param name="SharedBytes">What it began with: not counted against its size, and shared with its source for as long as neither changes it.</param>
/// <param name="UsedBytes">What was written to it, as it lies on the host's disk, up to 30 s old. Null in lists.</param>
/// <param name="Sandboxes">Ids of those that have it mounted, asleep or awake.</param>
internal sealed record VolumeView(
    string Id, string? Name, int SizeMiB, bool ReadOnly, string? Source, long SharedBytes, long? UsedBytes, IReadOnlyList<string> Sandboxes, string Node, DateTimeOffset CreatedAt)
{
    public static VolumeView Of(VolumeState state) => new(
        state.Volume.Id.Value,
        state.Volume.Name,
        state.Volume.SizeMiB,
        state.Volume.ReadOnly,
        state.Volume.Source?.Value,
        state.Volume.SharedBytes,
        state.UsedBytes,
        [.. state.Sandboxes.Select(sandbox => sandbox.Value).Order(StringComparer.Ordinal)],
        state.Volume.Node,
        state.Volume.CreatedAt);
}
