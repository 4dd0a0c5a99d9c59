using System.Text.Json;
using Atoll.Core.Sandboxes;
using Atoll.Core.Store.Rows;

namespace Atoll.Core.Store;

/// <summary>Between a sandbox and its row.</summary>
internal static class SandboxRows
{
    public static SandboxRow ToRow(Sandbox sandbox) => new()
    {
        Id = sandbox.Id.Value,
        Team = sandbox.Team.Value,
        Name = sandbox.Spec.Name,
        State = sandbox.State,
        Reason = sandbox.Reason,
        ReasonDetail = sandbox.ReasonDetail,
        Node = sandbox.Node,
        CreatedAt = sandbox.CreatedAt,
        StartedAt = sandbox.StartedAt,
        ExpiresAt = sandbox.ExpiresAt,
        EndedAt = sandbox.EndedAt,
        Spec = ToText(sandbox.Spec),
        Checkpoint = sandbox.Checkpoint?.Value,
        CheckpointWritten = sandbox.CheckpointWritten,
        TimeLeftTicks = sandbox.TimeLeft?.Ticks,
        Memory = sandbox.Memory?.Value,
        SavedBytes = sandbox.SavedBytes,
        Archive = sandbox.Archive,
        KeptUntil = sandbox.KeptUntil,
        Leases = sandbox.Leases.IsDefaultOrEmpty ? null : JsonSerializer.Serialize(sandbox.Leases, StoreJson.Default.ImmutableArrayKeepAwake),
    };

    public static Sandbox ToSandbox(SandboxRow row) => new()
    {
        Id = SandboxId.Parse(row.Id),
        Team = new(row.Team),
        Spec = ToSpec(row.Spec),
        State = row.State,
        Reason = row.Reason,
        ReasonDetail = row.ReasonDetail,
        Node = row.Node,
        CreatedAt = row.CreatedAt,
        StartedAt = row.StartedAt,
        ExpiresAt = row.ExpiresAt,
        EndedAt = row.EndedAt,
        Checkpoint = row.Checkpoint is { } checkpoint ? CheckpointId.Parse(checkpoint) : null,
        CheckpointWritten = row.CheckpointWritten,
        TimeLeft = row.TimeLeftTicks is { } ticks ? TimeSpan.FromTicks(ticks) : null,
        Memory = row.Memory is { } memory ? CheckpointId.Parse(memory) : null,
        SavedBytes = row.SavedBytes,
        Archive = row.Archive,
        KeptUntil = row.KeptUntil,
        Leases = row.Leases is { } leases ? JsonSerializer.Deserialize(leases, StoreJson.Default.ImmutableArrayKeepAwake) : [],
    };

    public static string ToText(SandboxSpec spec) => JsonSerializer.Serialize(spec, StoreJson.Default.SandboxSpec);

    public static SandboxSpec ToSpec(string text) =>
        JsonSerializer.Deserialize(text, StoreJson.Default.SandboxSpec) ?? throw new InvalidOperationException("A stored specification is empty.");

    public static Ending? ToEnding(SandboxRow row) =>
        row is { EndingState: { } state, EndingReason: { } reason } ? new(state, reason, row.EndingDetail) : null;
}
