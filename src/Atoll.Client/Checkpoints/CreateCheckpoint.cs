namespace Atoll.Client.Checkpoints;

/// <param name="Name">Unique among the sandbox's checkpoints.</param>
/// <param name="Kind"><c>disk</c> (what null means) or <c>full</c>: with memory and processes.</param>
public sealed record CreateCheckpoint(string? Name = null, string? Comment = null, string? Kind = null);
