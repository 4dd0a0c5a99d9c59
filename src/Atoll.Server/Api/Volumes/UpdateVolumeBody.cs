namespace Atoll.Server.Api.Volumes;

/// <summary>A change to a volume; what is left out stays.</summary>
/// <param name="Name">A new name; empty takes the name away.</param>
/// <param name="SizeMiB">Not below what the volume holds.</param>
internal sealed record UpdateVolumeBody(string? Name = null, long? SizeMiB = null);
