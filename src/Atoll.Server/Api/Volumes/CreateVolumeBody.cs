namespace Atoll.Server.Api.Volumes;

/// <summary>What a new volume is to be.</summary>
/// <param name="Name">Unique among the team's volumes.</param>
/// <param name="SizeMiB">The most that can be written to it. Left out: of a clone, its source's; else 10,240 unless configured (Volumes:DefaultMiB).</param>
internal sealed record CreateVolumeBody(string? Name = null, long? SizeMiB = null);
