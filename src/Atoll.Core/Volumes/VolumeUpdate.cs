namespace Atoll.Core.Volumes;

/// <summary>A change of a volume; null leaves a value as it is. Nothing is checked yet.</summary>
/// <param name="Name">Empty takes the name away.</param>
public sealed record VolumeUpdate(string? Name = null, long? SizeMiB = null);
