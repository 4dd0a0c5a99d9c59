namespace Atoll.Core.Sandboxes;

/// <summary>When a sandbox ends or falls asleep by itself, and what wakes it.</summary>
/// <param name="TimeoutSeconds">Seconds of running, from its start (or the last extension) to its end; 0 is never. Time asleep does not count.</param>
/// <param name="OnTimeout">What happens then. One that was put to sleep has its whole time again when it wakes.</param>
/// <param name="IdleSeconds">
/// Seconds without use; 0 is never. Used is a sandbox that is worked in (every exec, file and port call, and every attached client for as long as it stays), changed or
/// extended, or that has a busy process. Looking at its state, lists and usage is no use: a dashboard keeps nothing awake. After a restart of the server it counts anew.
/// </param>
/// <param name="OnIdle">What happens then.</param>
/// <param name="WakeOn">What wakes it. Default: calls and requests.</param>
[GenerateSerializer, Immutable]
public sealed record LifecyclePolicy(
    [property: Id(0)] long TimeoutSeconds,
    [property: Id(1)] LifecycleAction OnTimeout,
    [property: Id(2)] long IdleSeconds,
    [property: Id(3)] LifecycleAction OnIdle,
    [property: Id(4)] WakeCauses WakeOn = WakeCauses.Api | WakeCauses.Http);
