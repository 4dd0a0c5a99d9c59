namespace Atoll.Client.Processes;

/// <summary>How a process ended.</summary>
/// <param name="ExitCode">Its exit code; 128 + the signal when one ended it.</param>
public sealed record ProcessEnd(int ExitCode, int? Signal, bool TimedOut);
