using System.Collections.Immutable;

namespace Atoll.Bench.Bare;

/// <summary>An OCI runtime, called as a person would: no server, no pool, nothing kept.</summary>
/// <param name="Name">Of the program.</param>
/// <param name="Version">As it says itself.</param>
/// <param name="Global">Program and what comes before the verb.</param>
/// <param name="Hidden">A path that is covered while it starts something; null: none.</param>
internal sealed record BareTool(string Name, string Version, ImmutableArray<string> Global, string? Hidden);
