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
        Spec = JsonSerializer.Serialize(sandbox.Spec, StoreJson.Default.SandboxSpec),
    };

    public static Sandbox ToSandbox(SandboxRow row) => new()
    {
        Id = SandboxId.Parse(row.Id),
        Team = new(row.Team),
        Spec = JsonSerializer.Deserialize(row.Spec, StoreJson.Default.SandboxSpec)
            ?? throw new InvalidOperationException($"The stored specification of {row.Id} is empty."),
        State = row.State,
        Reason = row.Reason,
        ReasonDetail = row.ReasonDetail,
        Node = row.Node,
        CreatedAt = row.CreatedAt,
        StartedAt = row.StartedAt,
        ExpiresAt = row.ExpiresAt,
        EndedAt = row.EndedAt,
    };

    public static Ending? ToEnding(SandboxRow row) =>
        row is { EndingState: { } state, EndingReason: { } reason } ? new(state, reason, row.EndingDetail) : null;
}
