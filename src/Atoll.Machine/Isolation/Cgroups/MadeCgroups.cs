using System.Collections.Immutable;

namespace Atoll.Machine.Isolation.Cgroups;

/// <summary>The folders of a sandbox's cgroups, as a process is put into them.</summary>
/// <param name="Version1">One per hierarchy; empty under v2.</param>
/// <param name="Version2">Null under v1.</param>
/// <param name="Work">The one in there for what process 1 starts; null: there is none.</param>
internal sealed record MadeCgroups(ImmutableArray<string> Version1, string? Version2, WorkGroup? Work = null);
