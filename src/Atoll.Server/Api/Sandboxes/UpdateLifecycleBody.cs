using System.Collections.Immutable;
using Atoll.Server.Api.Words;

namespace Atoll.Server.Api.Sandboxes;

internal sealed record UpdateLifecycleBody
{
    /// <summary>A new time limit in seconds, counted from now; 0 is never.</summary>
    public double? TimeoutSeconds { get; init; }

    public LifecycleWord? OnTimeout { get; init; }

    public double? IdleSeconds { get; init; }

    public LifecycleWord? OnIdle { get; init; }

    public ImmutableArray<string>? WakeOn { get; init; }
}
