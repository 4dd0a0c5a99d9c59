using Atoll.Core.Sandboxes;
using Atoll.Core.Teams;

namespace Atoll.Core.Volumes;

/// <summary>Storage of a team's that outlives sandboxes and can be mounted in several at once; or a snapshot of one, which never changes.</summary>
public sealed record Volume
{
    public required VolumeId Id { get; init; }

    public required TeamId Team { get; init; }

    /// <summary>Unique among the team's; null when none was given.</summary>
    public string? Name { get; init; }

    /// <summary>The most that can be written to it, in MiB; 0 where the storage has no quotas, and of a snapshot.</summary>
    public required int SizeMiB { get; init; }

    /// <summary>A snapshot.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>What it was made from, though that may have been deleted since; null for one that began empty.</summary>
    public VolumeId? Source { get; init; }

    /// <summary>What it began with, and shares with its source for as long as neither changes it: not counted against <see cref="SizeMiB"/>.</summary>
    public long SharedBytes { get; init; }

    public required string Node { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Its part of the team's disk quota: all that it may come to hold.</summary>
    internal int HeldMiB => (int)Math.Min(int.MaxValue, SizeMiB + ((SharedBytes + (1 << 20) - 1) >> 20));
}
