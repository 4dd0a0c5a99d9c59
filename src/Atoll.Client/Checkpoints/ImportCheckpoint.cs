namespace Atoll.Client.Checkpoints;

/// <param name="Key">As the export returned it.</param>
/// <param name="Name">Null: as it was.</param>
/// <param name="Comment">Null: as it was.</param>
public sealed record ImportCheckpoint(string Key, string? Name = null, string? Comment = null);
