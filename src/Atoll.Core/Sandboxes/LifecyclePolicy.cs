namespace Atoll.Core.Sandboxes;

/// <summary>When a sandbox ends by itself.</summary>
/// <param name="TimeoutSeconds">Seconds from its start (or the last extension) to its end; 0 is never.</param>
/// <param name="OnTimeout">What happens then.</param>
/// <param name="IdleSeconds">Seconds without an API call, an attached client or a busy process; 0 is never.</param>
/// <param name="OnIdle">What happens then.</param>
[GenerateSerializer, Immutable]
public sealed record LifecyclePolicy(
    [property: Id(0)] long TimeoutSeconds,
    [property: Id(1)] LifecycleAction OnTimeout,
    [property: Id(2)] long IdleSeconds,
    [property: Id(3)] LifecycleAction OnIdle);
