using Atoll.Core.Faults;

namespace Atoll.Machine.Guests;

/// <summary>A sequence or stream that had begun well broke off: the only place where a guest's fault must be thrown, because the result was given out already.</summary>
internal sealed class GuestStreamException(Fault fault, Exception? inner = null) : IOException(fault.Detail, inner)
{
    public Fault Fault { get; } = fault;
}
