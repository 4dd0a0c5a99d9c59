namespace Atoll.Client.Checkpoints;

/// <summary>What differs between two moments.</summary>
/// <param name="Truncated">There is more than the limit lets be named.</param>
public sealed record DiffInfo(string From, string? To, string? Sandbox, IReadOnlyList<DiffPath> Added, IReadOnlyList<DiffPath> Changed, IReadOnlyList<DiffPath> Removed, bool Truncated);
