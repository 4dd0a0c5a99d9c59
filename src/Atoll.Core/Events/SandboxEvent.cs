using Atoll.Core.Sandboxes;
using Atoll.Core.Teams;

namespace Atoll.Core.Events;

/// <summary>Something that happened to a sandbox.</summary>
/// <param name="Sequence">Rises with time over the whole installation; the cursor to go on from.</param>
/// <param name="Type">One of <see cref="EventTypes"/>.</param>
/// <param name="From">The state before; null for the first.</param>
public sealed record SandboxEvent(
    long Sequence,
    DateTimeOffset At,
    TeamId Team,
    SandboxId Sandbox,
    string Type,
    SandboxState? From,
    SandboxState To,
    EndReason? Reason,
    string? Detail);
