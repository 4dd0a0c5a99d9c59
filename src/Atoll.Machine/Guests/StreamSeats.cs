using System.Diagnostics.CodeAnalysis;
using Atoll.Core.Faults;

namespace Atoll.Machine.Guests;

/// <summary>How many streams of one sandbox are open: a bound, so that they leave its agent connections for commands. Thread-safe.</summary>
/// <param name="what">What a seat is for, in a message.</param>
/// <param name="option">Where <paramref name="most"/> is set.</param>
internal sealed class StreamSeats(int most, string what = "streams of this sandbox are open, which is the most one may have (attachments, followed output and logs, watches)", string option = "Guests:MaxStreams")
{
    private int _taken;

    public bool TryTake([NotNullWhen(true)] out StreamSeat? seat, out Fault fault)
    {
        fault = TooMany;
        seat = null;
        if (Interlocked.Increment(ref _taken) > most)
        {
            Interlocked.Decrement(ref _taken);
            return false;
        }

        seat = new StreamSeat(this);
        return true;
    }

    public void Return() => Interlocked.Decrement(ref _taken);

    private Fault TooMany => new(
        FaultCode.TooMany, FaultSide.Caller, FaultStage.Agent, $"{most} {what}.",
        $"Close some of them, or let several readers share one (option {option}).");
}
