using Atoll.Core.Teams;

namespace Atoll.Core.Sandboxes;

/// <summary>A sandbox at one moment: what was asked for, resolved, and what has become of it. A change makes a new one.</summary>
[GenerateSerializer, Immutable]
public sealed record Sandbox
{
    [Id(0)] public required SandboxId Id { get; init; }

    [Id(1)] public required TeamId Team { get; init; }

    [Id(2)] public required SandboxSpec Spec { get; init; }

    [Id(3)] public required SandboxState State { get; init; }

    /// <summary>Why it ended; null while it lives.</summary>
    [Id(4)] public EndReason? Reason { get; init; }

    /// <summary>For people: more about the reason.</summary>
    [Id(5)] public string? ReasonDetail { get; init; }

    [Id(6)] public required string Node { get; init; }

    [Id(7)] public required DateTimeOffset CreatedAt { get; init; }

    [Id(8)] public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When its timeout falls; null for never.</summary>
    [Id(9)] public DateTimeOffset? ExpiresAt { get; init; }

    [Id(10)] public DateTimeOffset? EndedAt { get; init; }

    /// <summary>The checkpoint that its disk was last saved to, restored to, or made from; null when there is none.</summary>
    [Id(11)] public CheckpointId? Checkpoint { get; init; }

    /// <summary>What it had written on its disk by then, in bytes since that disk was cloned.</summary>
    [Id(12)] public long CheckpointWritten { get; init; }
}
