namespace Atoll.Core.Guests.Processes;

/// <summary>How a process ended.</summary>
/// <param name="Code">Its exit code; 128 + the signal when one ended it, as shells say it.</param>
/// <param name="Signal">The signal that ended it, or null.</param>
/// <param name="TimedOut">It was ended because its time was up.</param>
public sealed record ExitStatus(int Code, int? Signal, bool TimedOut);
