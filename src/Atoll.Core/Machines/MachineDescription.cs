using System.Collections.Immutable;

namespace Atoll.Core.Machines;

/// <summary>What this host is and can do.</summary>
/// <param name="Node">This node's name.</param>
/// <param name="Storage">The storage in use: <c>btrfs</c> or <c>overlay</c>.</param>
/// <param name="Limits">The most one sandbox may ask for here.</param>
public sealed record MachineDescription(
    string Node,
    ImmutableArray<IsolationSupport> Isolation,
    string Storage,
    int Cores,
    long MemoryBytes,
    Sandboxes.SandboxLimits Limits);
