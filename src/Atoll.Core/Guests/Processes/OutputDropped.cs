namespace Atoll.Core.Guests.Processes;

/// <summary>Bytes <paramref name="From"/> to <paramref name="To"/> are no longer kept.</summary>
public sealed record OutputDropped(long From, long To) : ProcessEvent;
