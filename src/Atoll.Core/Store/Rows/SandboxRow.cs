using Atoll.Core.Sandboxes;

namespace Atoll.Core.Store.Rows;

/// <summary>A sandbox as it is stored. The specification is one JSON document: nothing asks the database about its parts.</summary>
internal sealed class SandboxRow
{
    public required string Id { get; set; }

    public required string Team { get; set; }

    public string? Name { get; set; }

    public required SandboxState State { get; set; }

    public EndReason? Reason { get; set; }

    public string? ReasonDetail { get; set; }

    public required string Node { get; set; }

    public required DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset? StartedAt { get; set; }

    public DateTimeOffset? ExpiresAt { get; set; }

    public DateTimeOffset? EndedAt { get; set; }

    public required string Spec { get; set; }

    public string? Checkpoint { get; set; }

    public long CheckpointWritten { get; set; }

    public long? TimeLeftTicks { get; set; }

    public string? Memory { get; set; }

    public long SavedBytes { get; set; }

    public string? Archive { get; set; }

    public DateTimeOffset? KeptUntil { get; set; }

    /// <summary>A JSON list; null when there is none.</summary>
    public string? Leases { get; set; }

    /// <summary>The end that was decided but not yet carried out; a restart completes it, with its reason.</summary>
    public SandboxState? EndingState { get; set; }

    public EndReason? EndingReason { get; set; }

    public string? EndingDetail { get; set; }
}
