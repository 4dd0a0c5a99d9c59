namespace Atoll.Core.Guests;

/// <summary>A TCP port that something in the sandbox listens on.</summary>
/// <param name="Address">The address it is bound to, such as <c>0.0.0.0</c>, <c>127.0.0.1</c> or <c>::</c>.</param>
/// <param name="Pid">Who listens, when that can be seen.</param>
public sealed record ListeningPort(int Port, string Address, int? Pid, string? Command);
