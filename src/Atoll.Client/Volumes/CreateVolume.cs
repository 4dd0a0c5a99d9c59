namespace Atoll.Client.Volumes;

/// <param name="Name">Unique among the team's volumes.</param>
/// <param name="SizeMiB">Null: the server's default; of a clone, its source's. Not for a snapshot.</param>
public sealed record CreateVolume(string? Name = null, long? SizeMiB = null);
