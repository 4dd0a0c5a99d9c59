namespace Atoll.Client.Sandboxes;

/// <summary>When a sandbox ends by itself. In a request, null is the server's default.</summary>
/// <param name="TimeoutSeconds">Seconds from its start to its end; 0 is never.</param>
/// <param name="IdleSeconds">Seconds without use; 0 is never.</param>
public sealed record LifecycleInfo(double? TimeoutSeconds = null, string? OnTimeout = null, double? IdleSeconds = null, string? OnIdle = null);
