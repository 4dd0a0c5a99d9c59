namespace Atoll.Client.Volumes;

/// <summary>A change of a volume; null leaves a value as it is.</summary>
/// <param name="Name">Empty takes the name away.</param>
public sealed record UpdateVolume(string? Name = null, long? SizeMiB = null);
