using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;

namespace Atoll.Core.Checkpoints;

/// <summary>What came of a fork: for each sandbox that was asked for, it running, or why not. At least one runs.</summary>
/// <param name="Checkpoint">What they were made from.</param>
public sealed record Forked(CheckpointId Checkpoint, IReadOnlyList<Result<Sandbox>> Sandboxes);
