namespace Atoll.Server.Api.Processes;

/// <summary>Data of a <c>dropped</c> event: these bytes are no longer kept.</summary>
internal sealed record DroppedEvent(long From, long To);
