using Atoll.Core.Checkpoints;
using Atoll.Core.Machines;
using Atoll.Server.Api.Files;

namespace Atoll.Server.Api.Checkpoints;

/// <summary>What differs between two moments. A moved file is removed here and added there.</summary>
/// <param name="To">The later checkpoint; null for a sandbox as it is now.</param>
/// <param name="Sandbox">That sandbox; null for a checkpoint.</param>
/// <param name="Truncated">There is more than the limit lets be named.</param>
internal sealed record DiffView(string From, string? To, string? Sandbox, IReadOnlyList<DiffEntryView> Added, IReadOnlyList<DiffEntryView> Changed, IReadOnlyList<DiffEntryView> Removed, bool Truncated)
{
    public static DiffView Of(CheckpointDiff diff) => new(
        diff.From.Value, diff.To?.Value, diff.Sandbox?.Value, Views(diff.Disk.Added), Views(diff.Disk.Changed), Views(diff.Disk.Removed), diff.Disk.Truncated);

    private static IReadOnlyList<DiffEntryView> Views(IEnumerable<DiskEntry> entries) => [.. entries.Select(entry => new DiffEntryView(entry.Path, entry.Kind, entry.SizeBytes, entry.SizeBefore, RawBytes.Of(entry.RawPath)))];
}
