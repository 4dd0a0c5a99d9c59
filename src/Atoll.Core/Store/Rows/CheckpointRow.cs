using Atoll.Core.Checkpoints;

namespace Atoll.Core.Store.Rows;

/// <summary>A checkpoint as it is stored. One that was deleted stays, without its disk, for as long as something descends from it.</summary>
internal sealed class CheckpointRow
{
    public required string Id { get; set; }

    public required string Team { get; set; }

    public required string Sandbox { get; set; }

    public required CheckpointKind Kind { get; set; }

    public string? Name { get; set; }

    public string? Comment { get; set; }

    public string? Parent { get; set; }

    /// <summary>The checkpoint whose saved disk stands for this one: its own id, or an earlier one's when nothing had changed.</summary>
    public required string Disk { get; set; }

    public required long SizeBytes { get; set; }

    /// <summary>The sandbox's specification at that moment, as <see cref="SandboxRow.Spec"/>.</summary>
    public required string Spec { get; set; }

    public required string Node { get; set; }

    public required DateTimeOffset CreatedAt { get; set; }

    /// <summary>Of an imported one: its id where it was exported.</summary>
    public string? Origin { get; set; }

    public DateTimeOffset? DeletedAt { get; set; }
}
