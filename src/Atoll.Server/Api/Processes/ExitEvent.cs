namespace Atoll.Server.Api.Processes;

/// <summary>Data of an <c>exit</c> event.</summary>
internal sealed record ExitEvent(int ExitCode, int? Signal, bool TimedOut);
