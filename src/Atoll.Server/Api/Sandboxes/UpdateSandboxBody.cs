using System.Collections.Immutable;

namespace Atoll.Server.Api.Sandboxes;

/// <summary>A change to a living sandbox; what is left out stays.</summary>
internal sealed record UpdateSandboxBody
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

    public UpdateLifecycleBody? Lifecycle { get; init; }
}
