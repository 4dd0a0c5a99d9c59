using Atoll.Core.Checkpoints;

namespace Atoll.Core.Store.Rows;

/// <summary>An export as it is remembered. One that was deleted is gone.</summary>
internal sealed class ExportRow
{
    public required string Key { get; set; }

    public required string Team { get; set; }

    public required string Checkpoint { get; set; }

    public required CheckpointKind Kind { get; set; }

    public string? Name { get; set; }

    public required long SizeBytes { get; set; }

    public required DateTimeOffset CreatedAt { get; set; }
}
