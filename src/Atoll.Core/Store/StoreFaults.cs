using Atoll.Core.Faults;

namespace Atoll.Core.Store;

internal static class StoreFaults
{
    public static Fault Busy { get; } = Refused("The database is locked by somebody else, or too busy.", "Try again; if it stays, see who else has it open.");

    public static Fault Gone { get; } = Refused(
        "The database does not answer.", "Running sandboxes go on. Try again; if it stays, see whether the database runs and this host reaches it. Nothing here has to be restarted.");

    public static Fault HeldBy(string holder) => Refused(
        $"Another server has this database: {holder}.", "Two servers cannot share one. Stop that one first, or give this one a database of its own (Store:ConnectionString).");

    public static Fault Refused(string detail, string hint) => new(FaultCode.StoreUnavailable, FaultSide.Host, FaultStage.State, detail, hint);
}
