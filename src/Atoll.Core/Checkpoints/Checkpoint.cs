using Atoll.Core.Sandboxes;
using Atoll.Core.Teams;

namespace Atoll.Core.Checkpoints;

/// <summary>A saved moment of a sandbox. It never changes, but for being deleted.</summary>
[GenerateSerializer, Immutable]
public sealed record Checkpoint
{
    [Id(0)] public required CheckpointId Id { get; init; }

    [Id(1)] public required TeamId Team { get; init; }

    /// <summary>What it was made of. It may have ended since.</summary>
    [Id(2)] public required SandboxId Sandbox { get; init; }

    [Id(3)] public required CheckpointKind Kind { get; init; }

    /// <summary>Unique among its sandbox's; null when none was given.</summary>
    [Id(4)] public string? Name { get; init; }

    [Id(5)] public string? Comment { get; init; }

    /// <summary>The nearest checkpoint before it that is still there; null for a first.</summary>
    [Id(6)] public CheckpointId? Parent { get; init; }

    /// <summary>The checkpoint whose saved disk stands for this one: itself, or an earlier one.</summary>
    [Id(7)] public required CheckpointId Disk { get; init; }

    /// <summary>What its sandbox wrote since the checkpoint before it, as it lies on the host's disk: what it holds by itself, at most. With its memory, where it is a full one.</summary>
    [Id(8)] public required long SizeBytes { get; init; }

    /// <summary>Its sandbox's specification at that moment.</summary>
    [Id(9)] public required SandboxSpec Spec { get; init; }

    [Id(10)] public required string Node { get; init; }

    [Id(11)] public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The checkpoint whose saved memory belongs to it: itself; null when it has none.</summary>
    public CheckpointId? Memory => Kind is CheckpointKind.Full ? Id : null;

    /// <summary>What it was called where it was exported; null for one that was made here.</summary>
    [Id(12)] public CheckpointId? Origin { get; init; }

    /// <summary>Nothing had changed since the checkpoint before it: it took no time and no space. Never so of a full one.</summary>
    public bool Unchanged => Disk != Id;
}
