namespace Atoll.Core.Guests;

/// <summary>A line of the agent's journal.</summary>
/// <param name="Sequence">Counts from 1 without gaps; a gap in what was read says how many lines were dropped.</param>
public sealed record GuestLogLine(long Sequence, DateTimeOffset At, int? Pid, string Message);
