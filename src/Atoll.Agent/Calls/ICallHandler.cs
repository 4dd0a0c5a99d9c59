namespace Atoll.Agent.Calls;

/// <summary>
/// Answers one kind of call. One instance serves all connections at once, so it keeps no state of a call.
/// An exception other than the call's own cancellation or a broken connection is a bug: the host gets INTERNAL and the journal a line.
/// </summary>
internal interface ICallHandler
{
    /// <summary>The host sends Input frames after the Call.</summary>
    bool TakesInput => false;

    /// <summary>
    /// Until it first waits it takes no longer than starting a process does: it begins on the thread that accepted the connection. Others begin on a thread of the pool.
    /// </summary>
    bool Brief => false;

    Task HandleAsync(CallContext call);
}
