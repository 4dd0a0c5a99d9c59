using Atoll.Core.Guests;

namespace Atoll.Server.Api.Observing;

/// <summary>A line of the sandbox's journal.</summary>
/// <param name="Sequence">Counts from 1; a gap says how many lines were dropped.</param>
internal sealed record LogView(long Sequence, DateTimeOffset At, int? Pid, string Message)
{
    public static LogView Of(GuestLogLine line) => new(line.Sequence, line.At, line.Pid, line.Message);
}
