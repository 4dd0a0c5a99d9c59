namespace Atoll.Core.Sandboxes;

/// <summary>What stopped a sandbox though nobody asked for it. Its disk is kept.</summary>
/// <param name="Detail">For people: what is known about it.</param>
[GenerateSerializer, Immutable]
internal sealed record SandboxFault([property: Id(0)] EndReason Reason, [property: Id(1)] string? Detail);
