namespace Atoll.Client.Checkpoints;

/// <param name="Name">Unique among the sandbox's checkpoints.</param>
public sealed record CreateCheckpoint(string? Name = null, string? Comment = null);
