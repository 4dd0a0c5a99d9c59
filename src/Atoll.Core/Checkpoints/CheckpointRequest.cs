namespace Atoll.Core.Checkpoints;

/// <summary>What a caller asks for when making a checkpoint. Nothing is checked yet.</summary>
public sealed record CheckpointRequest(CheckpointKind Kind = CheckpointKind.Disk, string? Name = null, string? Comment = null);
