namespace Atoll.Core.Code;

/// <param name="TimedOut">It was ended because its time was up.</param>
/// <param name="Interrupted">It was ended by a call.</param>
/// <param name="StateLost">The interpreter is gone and what it held with it: the next execution starts a fresh one.</param>
/// <param name="Truncated">Some output, a result or a part of one was thrown away because it was too much.</param>
/// <param name="StdoutBytes">What the code wrote to stdout, also what was thrown away.</param>
/// <param name="StderrBytes">The same of stderr.</param>
public sealed record CodeEnded(bool TimedOut, bool Interrupted, bool StateLost, bool Truncated, long StdoutBytes, long StderrBytes, TimeSpan Duration) : CodeEvent;
