namespace Atoll.Core.Volumes;

/// <summary>What a caller asks for when making a volume, a snapshot or a clone. Nothing is checked yet.</summary>
/// <param name="SizeMiB">Null: the default; of a clone, its source's. Not for a snapshot.</param>
public sealed record VolumeRequest(string? Name = null, long? SizeMiB = null);
