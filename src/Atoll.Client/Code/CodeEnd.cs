namespace Atoll.Client.Code;

/// <summary>The code is over.</summary>
/// <param name="StdoutBytes">What it wrote to stdout, also what was thrown away.</param>
public sealed record CodeEnd(bool TimedOut, bool Interrupted, bool StateLost, bool Truncated, double DurationMs, long StdoutBytes = 0, long StderrBytes = 0);
