using Atoll.Core.Faults;

namespace Atoll.Server.Http.Faults;

/// <summary>Carries a fault out of places that can return none: parameter binding, and streams that others read.</summary>
internal sealed class RefusedException(Fault fault) : IOException(fault.Detail)
{
    public Fault Fault => fault;
}
