namespace Atoll.Core.Faults;

/// <summary>What was being done when it failed.</summary>
public enum FaultStage
{
    Request,
    Lookup,
    Admission,
    Template,
    Storage,
    Network,
    Isolation,
    Agent,
    Process,
    File,
    State,
}
