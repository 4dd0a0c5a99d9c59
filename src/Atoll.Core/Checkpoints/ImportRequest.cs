namespace Atoll.Core.Checkpoints;

/// <summary>What an imported checkpoint is to have otherwise than its origin. Nothing is checked yet.</summary>
/// <param name="Name">Null: as it was.</param>
/// <param name="Comment">Null: as it was.</param>
public sealed record ImportRequest(string? Name = null, string? Comment = null);
