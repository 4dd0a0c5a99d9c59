using System.Collections.Immutable;

namespace Atoll.Core.Sandboxes;

/// <summary>What a caller asks for when creating; null means the default. Nothing is checked yet: <see cref="ISandboxes.CreateAsync"/> does, and reports every mistake at once.</summary>
public sealed record SandboxRequest
{
    public string? Name { get; init; }

    public string? Template { get; init; }

    public IsolationKind? Isolation { get; init; }

    public double? Cpu { get; init; }

    public long? MemoryMiB { get; init; }

    public long? DiskMiB { get; init; }

    public long? Processes { get; init; }

    public ImmutableDictionary<string, string>? Env { get; init; }

    public ImmutableDictionary<string, string>? Metadata { get; init; }

    public string? User { get; init; }

    public string? WorkingDirectory { get; init; }

    public double? TimeoutSeconds { get; init; }

    public LifecycleAction? OnTimeout { get; init; }

    public double? IdleSeconds { get; init; }

    public LifecycleAction? OnIdle { get; init; }

    public WakeCauses? WakeOn { get; init; }

    public EgressDefault? Egress { get; init; }

    /// <summary>Ports that anybody may reach from the start.</summary>
    public ImmutableArray<int>? PublicPorts { get; init; }

    /// <summary>Null: none, or those of the sandbox that <see cref="Checkpoint"/> was made of.</summary>
    public ImmutableArray<MountRequest>? Volumes { get; init; }

    /// <summary>The id of a checkpoint to begin with: its disk, its memory where it has one, and whatever of its sandbox this request leaves open.</summary>
    public string? Checkpoint { get; init; }

    /// <summary>Of <see cref="Checkpoint"/>, the disk alone.</summary>
    internal bool DiskOnly { get; init; }

    /// <summary><see cref="SandboxSpec.Fork"/>.</summary>
    internal string? Fork { get; init; }
}
