namespace Atoll.Agent.Observing;

internal sealed record JournalLine(ulong Sequence, long UnixMilliseconds, int Pid, string Message);
