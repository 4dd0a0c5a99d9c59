using Atoll.Core.Machines;
using Atoll.Core.Sandboxes;

namespace Atoll.Core.Checkpoints;

/// <summary>What differs between two moments.</summary>
/// <param name="To">The later checkpoint; null for a sandbox as it is now.</param>
/// <param name="Sandbox">That sandbox; null for a checkpoint.</param>
public sealed record CheckpointDiff(CheckpointId From, CheckpointId? To, SandboxId? Sandbox, DiskDiff Disk);
