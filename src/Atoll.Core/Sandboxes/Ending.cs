namespace Atoll.Core.Sandboxes;

/// <summary>An end that was decided: which state the sandbox will be in and why.</summary>
[GenerateSerializer, Immutable]
internal sealed record Ending(
    [property: Id(0)] SandboxState State,
    [property: Id(1)] EndReason Reason,
    [property: Id(2)] string? Detail);
