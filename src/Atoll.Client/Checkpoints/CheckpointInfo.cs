namespace Atoll.Client.Checkpoints;

/// <summary>A saved moment of a sandbox.</summary>
/// <param name="Sandbox">The id of what it was made of; it may have ended since.</param>
/// <param name="Kind"><c>disk</c> or <c>full</c>; later servers may know more.</param>
/// <param name="Parent">The nearest checkpoint before it that is still there.</param>
/// <param name="Unchanged">Nothing had changed since its parent: it took no time and no space.</param>
/// <param name="SizeBytes">What its sandbox wrote since the checkpoint before; with its memory, where that was saved.</param>
/// <param name="Origin">Of an imported one: its id where it was exported.</param>
public sealed record CheckpointInfo(
    string Id, string Sandbox, string Kind, string? Name, string? Comment, string? Parent, bool Unchanged, long SizeBytes, string? Template, string? Isolation, string? Node, DateTimeOffset? CreatedAt, string? Origin = null);
