namespace Atoll.Server.Api.Code;

/// <summary>Data of an <c>end</c> event.</summary>
internal sealed record CodeEndEvent(bool TimedOut, bool Interrupted, bool StateLost, bool Truncated, long StdoutBytes, long StderrBytes, double DurationMs);
