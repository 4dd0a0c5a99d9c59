using Atoll.Core.Faults;

namespace Atoll.Core.Lifetime;

/// <summary>Whether Core takes work: after recovery, until the server is told to stop. What <c>readyz</c> asks.</summary>
public sealed class CoreReadiness
{
    private volatile bool _ready;
    private volatile bool _stopping;

    public bool IsReady => _ready && !_stopping;

    internal bool IsStopping => _stopping;

    internal static Fault ShuttingDown { get; } = new(FaultCode.ShuttingDown, FaultSide.Server, FaultStage.Admission, "The server is stopping.", "Try again when it is back.");

    internal void Ready() => _ready = true;

    internal void Stopping() => _stopping = true;
}
