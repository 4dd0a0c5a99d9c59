namespace Atoll.Client.Processes;

/// <summary>What a process that was waited for left behind.</summary>
public sealed record ExecResult(int ExitCode, int? Signal, string Stdout, string Stderr, bool Truncated, double DurationMs);
