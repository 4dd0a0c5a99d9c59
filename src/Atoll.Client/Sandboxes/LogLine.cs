namespace Atoll.Client.Sandboxes;

/// <summary>A line of a sandbox's journal.</summary>
/// <param name="Sequence">Counts from 1 without gaps; a gap says how many lines were dropped.</param>
public sealed record LogLine(long Sequence, DateTimeOffset At, int? Pid, string Message);
