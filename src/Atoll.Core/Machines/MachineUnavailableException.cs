using Atoll.Core.Faults;

namespace Atoll.Core.Machines;

/// <summary>This host cannot run sandboxes at all (no pool, no network): the server says why and does not start.</summary>
public sealed class MachineUnavailableException(Fault fault) : Exception(fault.Detail)
{
    public Fault Fault { get; } = fault;
}
