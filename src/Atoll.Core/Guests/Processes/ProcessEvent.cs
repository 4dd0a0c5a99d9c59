namespace Atoll.Core.Guests.Processes;

/// <summary>What a follower sees, in order: any number of <see cref="OutputChunk"/> and <see cref="OutputDropped"/>, then one <see cref="ProcessExited"/> when the process has ended.</summary>
public abstract record ProcessEvent;
