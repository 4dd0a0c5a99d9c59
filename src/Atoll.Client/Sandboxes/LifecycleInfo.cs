namespace Atoll.Client.Sandboxes;

/// <summary>When a sandbox ends or falls asleep by itself. In a request, null is the server's default.</summary>
/// <param name="TimeoutSeconds">Seconds of running, from its start to its end; 0 is never. Time asleep does not count.</param>
/// <param name="OnTimeout">What happens then: <c>delete</c>, <c>stop</c>, <c>suspend</c>, <c>suspend_or_stop</c> or <c>pause</c>.</param>
/// <param name="IdleSeconds">Seconds without use; 0 is never.</param>
/// <param name="OnIdle">What happens then, in the same words.</param>
/// <param name="WakeOn">What wakes it: <c>api</c>, <c>http</c>.</param>
public sealed record LifecycleInfo(double? TimeoutSeconds = null, string? OnTimeout = null, double? IdleSeconds = null, string? OnIdle = null, IReadOnlyList<string>? WakeOn = null);
