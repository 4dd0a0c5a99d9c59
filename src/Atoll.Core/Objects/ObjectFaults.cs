using Atoll.Core.Faults;

namespace Atoll.Core.Objects;

/// <summary>What a caller is told when the object store stands in the way.</summary>
public static class ObjectFaults
{
    public static Fault NotFound(ObjectKey key) => new(
        FaultCode.ObjectNotFound, FaultSide.Caller, FaultStage.Lookup, $"There is nothing under '{key}' in the object store.", "Check the key, and that both servers are configured with the same store.");

    /// <param name="reason">In the store's own words.</param>
    public static Fault Unavailable(string store, string reason) => new(
        FaultCode.ObjectStoreUnavailable, FaultSide.Server, FaultStage.Storage, $"The object store ({store}) cannot be used: {reason}", "Try again: what has been stored already is not sent again. `atoll doctor` tries the store.");

    public static Fault Full(string store, string reason) => new(
        FaultCode.ObjectStoreFull, FaultSide.Host, FaultStage.Storage, $"The object store ({store}) is full: {reason}", "Make room there, or configure another one (section ObjectStore).");
}
