namespace Atoll.Core.Guests.Processes;

/// <summary>The process has ended and all its kept output was delivered.</summary>
public sealed record ProcessExited(ExitStatus Status) : ProcessEvent;
