namespace Atoll.Core.Guests.Processes;

/// <summary>What a process that was waited for left behind.</summary>
/// <param name="Truncated">Some output was thrown away because it was more than was asked for.</param>
public sealed record ExecResult(ExitStatus Status, ReadOnlyMemory<byte> Stdout, ReadOnlyMemory<byte> Stderr, bool Truncated, TimeSpan Duration);
