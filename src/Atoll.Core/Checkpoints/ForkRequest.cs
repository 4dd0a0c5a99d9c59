using Atoll.Core.Sandboxes;

namespace Atoll.Core.Checkpoints;

/// <summary>How many sandboxes to make of one moment, and what they are to have otherwise than their origin. Nothing is checked yet.</summary>
/// <param name="Count">1 to 100.</param>
/// <param name="Kind">With memory and processes, or the disk alone. Null: as the checkpoint is; of a running sandbox, the disk.</param>
/// <param name="Sandbox">Null values are the origin's. A name becomes <c>name-1</c>, <c>name-2</c>, … where there are several.</param>
public sealed record ForkRequest(int Count, CheckpointKind? Kind, SandboxRequest Sandbox);
