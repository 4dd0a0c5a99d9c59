using Atoll.Core.Faults;

namespace Atoll.Core.Store;

internal static class StoreFaults
{
    public static Fault Busy { get; } = new(
        FaultCode.HostFailure, FaultSide.Host, FaultStage.State, "The database is locked by somebody else, or too busy.", "Try again; if it stays, see who else has it open.");

    public static Fault Refused(string detail, string hint) => new(FaultCode.HostFailure, FaultSide.Host, FaultStage.State, detail, hint);
}
