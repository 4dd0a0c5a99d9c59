using Atoll.Core.Sandboxes;

namespace Atoll.Core.Checkpoints;

/// <summary>A checkpoint that is to be made: checked, with its id.</summary>
[GenerateSerializer, Immutable]
internal sealed record CheckpointDraft([property: Id(0)] CheckpointId Id, [property: Id(1)] string? Name, [property: Id(2)] string? Comment, [property: Id(3)] CheckpointKind Kind);
