using System.Collections.Immutable;

namespace Atoll.Core.Sandboxes;

/// <summary>Which sandboxes to list, newest first. Ended ones only when a state asks for them.</summary>
/// <param name="States">Any of these; empty is the living ones.</param>
/// <param name="Limit">1 to 1,000.</param>
/// <param name="Cursor">Where the page before ended, as it was given.</param>
public sealed record SandboxQuery(
    ImmutableArray<SandboxState> States,
    string? Name,
    ImmutableDictionary<string, string> Metadata,
    int Limit,
    string? Cursor);
