namespace Atoll.Core.Code;

/// <param name="TimedOut">It was ended because its time was up.</param>
/// <param name="Interrupted">It was ended by a call.</param>
/// <param name="StateLost">The interpreter is gone and what it held with it: the next execution starts a fresh one.</param>
/// <param name="Truncated">Some output or a result was thrown away because it was too much.</param>
public sealed record CodeEnded(bool TimedOut, bool Interrupted, bool StateLost, bool Truncated, TimeSpan Duration) : CodeEvent;
