using Atoll.Core.Sandboxes;

namespace Atoll.Core.Machines;

/// <summary>One kind of isolation on this host.</summary>
/// <param name="Runtime">The program behind it and its version, when it is there.</param>
/// <param name="Missing">Why it cannot be used, in a sentence that says what to install; null when it can.</param>
public sealed record IsolationSupport(IsolationKind Kind, string? Runtime, string? Missing)
{
    public bool Available => Missing is null;

    /// <summary>Why the memory of such a sandbox cannot be saved here; null when it can.</summary>
    public string? MemoryMissing { get; init; }
}
