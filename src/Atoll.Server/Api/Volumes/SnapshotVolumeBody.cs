namespace Atoll.Server.Api.Volumes;

/// <param name="Name">Unique among the team's volumes.</param>
internal sealed record SnapshotVolumeBody(string? Name = null);
