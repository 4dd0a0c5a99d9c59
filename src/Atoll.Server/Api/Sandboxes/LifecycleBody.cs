using System.Collections.Immutable;
using Atoll.Server.Api.Words;

namespace Atoll.Server.Api.Sandboxes;

/// <summary>When a sandbox ends by itself.</summary>
internal sealed record LifecycleBody
{
    /// <summary>Seconds from its start to its end; 0 is never.</summary>
    public double? TimeoutSeconds { get; init; }

    public LifecycleWord? OnTimeout { get; init; }

    /// <summary>Seconds without use; 0 is never.</summary>
    public double? IdleSeconds { get; init; }

    public LifecycleWord? OnIdle { get; init; }

    public ImmutableArray<string>? WakeOn { get; init; }
}
