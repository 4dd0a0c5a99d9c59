using Atoll.Core.Faults;

namespace Atoll.Server.Http.Faults;

/// <summary>Carries a fault out of places that can return none: parameter binding, and streams that others read (the framework takes the status of such an exception where it reads a body itself).</summary>
internal sealed class RefusedException(Fault fault) : BadHttpRequestException(fault.Detail, FaultStatus.Of(fault.Code))
{
    public Fault Fault => fault;
}
