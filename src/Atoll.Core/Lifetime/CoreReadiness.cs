using Atoll.Core.Faults;

namespace Atoll.Core.Lifetime;

/// <summary>Whether Core takes work: after recovery, until the server is told to stop. What <c>readyz</c> asks.</summary>
public sealed class CoreReadiness
{
    private readonly TaskCompletionSource _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _reserving;
    private volatile bool _ready;
    private volatile bool _stopping;

    public bool IsReady => _ready && !_stopping;

    internal bool IsStopping => _stopping;

    internal static Fault ShuttingDown { get; } = new(FaultCode.ShuttingDown, FaultSide.Server, FaultStage.Admission, "The server is stopping.", "Try again when it is back.");

    internal void Ready() => _ready = true;

    /// <summary>From now on nothing begins.</summary>
    /// <returns>Done when every create that was being put down stands in the directory, where whoever stops the server finds it, or is given up.</returns>
    internal Task Stopping()
    {
        _stopping = true;
        if (Volatile.Read(ref _reserving) == 0) _settled.TrySetResult();
        return _settled.Task;
    }

    /// <summary>Before a sandbox is put down, and begun meanwhile. False when the server stops; true calls for one <see cref="Reserved"/>.</summary>
    internal bool TryReserve()
    {
        Interlocked.Increment(ref _reserving);
        if (!_stopping) return true;
        Reserved();
        return false;
    }

    internal void Reserved()
    {
        if (Interlocked.Decrement(ref _reserving) == 0 && _stopping) _settled.TrySetResult();
    }
}
