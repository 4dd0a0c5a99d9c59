namespace Atoll.Client.Events;

/// <summary>Something that happened to a sandbox.</summary>
/// <param name="Sequence">Rises with time; the number to go on after.</param>
/// <param name="Type">Such as <c>sandbox.running</c>.</param>
public sealed record SandboxEventInfo(long Sequence, DateTimeOffset At, string Sandbox, string Type, string? From, string? To, string? Reason, string? Detail);
