namespace Atoll.Core.Faults;

/// <summary>
/// A fault where a contract has no <see cref="Result{T}"/> to put it in (a plain list, a stream). Whoever turns faults into replies turns this into the same reply.
/// </summary>
public sealed class FaultException(Fault fault, Exception? cause = null) : Exception(fault.ToString(), cause)
{
    public Fault Fault { get; } = fault;
}
