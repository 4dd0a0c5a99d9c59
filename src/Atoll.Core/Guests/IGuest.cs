using Atoll.Core.Faults;
using Atoll.Core.Guests.Files;
using Atoll.Core.Guests.Processes;

namespace Atoll.Core.Guests;

/// <summary>
/// A live sandbox, seen from outside: what its agent does for us. Nothing that comes back is trusted: sizes are bounded, names are data, and an agent
/// that lies can only mislead its own sandbox's owner.
/// <para>Each call has a connection of its own, so that one slow call holds up no other. A call that cannot reach the agent is a fault
/// (<see cref="FaultCode.AgentUnreachable"/>), never an exception.</para>
/// <para>Calls and streams under way outlast what is done to the sandbox from outside while it keeps its memory: that it is frozen or saved, sleeps and wakes elsewhere, or loses its connections.
/// They wait, and go on where they were; what cannot is <see cref="FaultCode.Interrupted"/>.</para>
/// <para>Threads: every member may be called at any time from any thread.</para>
/// </summary>
public interface IGuest
{
    IGuestProcesses Processes { get; }

    IGuestFiles Files { get; }

    /// <summary>TCP ports on which something in the sandbox listens (those bound to loopback too), the agent's own left out.</summary>
    Task<Result<IReadOnlyList<ListeningPort>>> ListPortsAsync(CancellationToken cancellation);

    /// <summary>
    /// A connection to a program that listens on a TCP port in the sandbox, on loopback alone or on every address; <see cref="FaultCode.PortNotListening"/> where nobody does. The stream's
    /// own end is the connection's; the caller disposes it.
    /// </summary>
    Task<Result<Stream>> ConnectAsync(int port, CancellationToken cancellation);

    /// <summary>What the sandbox sees of itself.</summary>
    Task<Result<GuestMetrics>> MeasureAsync(CancellationToken cancellation);

    /// <summary>
    /// The agent's journal, oldest first: processes started and ended, signals, what process 1 noticed. Bounded (the newest 5,000 lines are kept).
    /// </summary>
    /// <param name="after">Lines with a greater sequence number only; 0 for all that is kept.</param>
    /// <param name="follow">Stay and deliver new lines until cancelled.</param>
    Task<Result<IAsyncEnumerable<GuestLogLine>>> ReadLogAsync(long after, bool follow, CancellationToken cancellation);

    /// <summary>Waits for a time to pass inside: while the sandbox is frozen or asleep, none does. To be used for limits of what runs in it. Exact to a second for each such time.</summary>
    Task DelayAsync(TimeSpan span, CancellationToken cancellation) => Task.Delay(span, TimeProvider.System, cancellation);
}
