using Atoll.Core.Sandboxes;

namespace Atoll.Core.Volumes;

/// <summary>A volume as it is now.</summary>
/// <param name="UsedBytes">What was written to it, as it lies on the host's disk, up to 30 s old; null where the storage does not count, and in lists.</param>
/// <param name="Sandboxes">Those that have it mounted, asleep or awake.</param>
public sealed record VolumeState(Volume Volume, long? UsedBytes, IReadOnlyCollection<SandboxId> Sandboxes);
