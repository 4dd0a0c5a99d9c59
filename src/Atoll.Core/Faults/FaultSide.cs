namespace Atoll.Core.Faults;

/// <summary>Where a failure lies, which says who can mend it: the caller, this server, the host it runs on, or the sandbox.</summary>
public enum FaultSide
{
    Caller,
    Server,
    Host,
    Guest,
}
