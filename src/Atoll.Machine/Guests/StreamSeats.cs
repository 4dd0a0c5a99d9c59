using System.Diagnostics.CodeAnalysis;
using Atoll.Core.Faults;

namespace Atoll.Machine.Guests;

/// <summary>How many streams of one sandbox are open: a bound, so that they leave its agent connections for commands. Thread-safe.</summary>
internal sealed class StreamSeats(int most)
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
        FaultCode.TooMany, FaultSide.Caller, FaultStage.Agent, $"{most} streams of this sandbox are open, which is the most one may have (attachments, followed output and logs, watches).",
        "Close some of them, or let several readers share one (option Guests:MaxStreams).");
}
