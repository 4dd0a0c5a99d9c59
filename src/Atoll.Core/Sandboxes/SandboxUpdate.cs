using System.Collections.Immutable;

namespace Atoll.Core.Sandboxes;

/// <summary>A change to a living sandbox; null leaves a value as it is.</summary>
public sealed record SandboxUpdate
{
    /// <summary>A new name; empty takes the name away.</summary>
    public string? Name { get; init; }

    /// <summary>Replaces all metadata.</summary>
    public ImmutableDictionary<string, string>? Metadata { get; init; }

    /// <summary>Replaces the sandbox-wide environment, for processes started from now on.</summary>
    public ImmutableDictionary<string, string>? Env { get; init; }

    public double? Cpu { get; init; }

    public long? MemoryMiB { get; init; }

    public long? Processes { get; init; }

    /// <summary>A new time limit, counted from now; 0 is never.</summary>
    public double? TimeoutSeconds { get; init; }

    public LifecycleAction? OnTimeout { get; init; }

    public double? IdleSeconds { get; init; }

    public LifecycleAction? OnIdle { get; init; }

    public WakeCauses? WakeOn { get; init; }
}
