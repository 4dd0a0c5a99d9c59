namespace Atoll.Client.Code;

/// <summary>The code is over.</summary>
public sealed record CodeEnd(bool TimedOut, bool Interrupted, bool StateLost, bool Truncated, double DurationMs);
