using Atoll.Core.Checkpoints;
using Atoll.Core.Sandboxes;
using Atoll.Core.Store.Rows;

namespace Atoll.Core.Store;

/// <summary>Between a checkpoint and its row.</summary>
internal static class CheckpointRows
{
    public static CheckpointRow ToRow(Checkpoint checkpoint) => new()
    {
        Id = checkpoint.Id.Value,
        Team = checkpoint.Team.Value,
        Sandbox = checkpoint.Sandbox.Value,
        Kind = checkpoint.Kind,
        Name = checkpoint.Name,
        Comment = checkpoint.Comment,
        Parent = checkpoint.Parent?.Value,
        Disk = checkpoint.Disk.Value,
        SizeBytes = checkpoint.SizeBytes,
        Spec = SandboxRows.ToText(checkpoint.Spec),
        Node = checkpoint.Node,
        CreatedAt = checkpoint.CreatedAt,
        Origin = checkpoint.Origin?.Value,
    };

    /// <param name="parent">The nearest one before it that is still there.</param>
    public static Checkpoint ToCheckpoint(CheckpointRow row, string? parent) => new()
    {
        Id = CheckpointId.Parse(row.Id),
        Team = new(row.Team),
        Sandbox = SandboxId.Parse(row.Sandbox),
        Kind = row.Kind,
        Name = row.Name,
        Comment = row.Comment,
        Parent = parent is null ? null : CheckpointId.Parse(parent),
        Disk = CheckpointId.Parse(row.Disk),
        SizeBytes = row.SizeBytes,
        Spec = SandboxRows.ToSpec(row.Spec),
        Node = row.Node,
        CreatedAt = row.CreatedAt,
        Origin = row.Origin is null ? null : CheckpointId.Parse(row.Origin),
    };
}
