namespace Atoll.Client.Checkpoints;

/// <summary>Why one of a fork was not made.</summary>
public sealed record ForkError(string Code, string Detail, string? Hint = null);
