namespace Atoll.Core.Checkpoints;

/// <summary>A checkpoint in the object store.</summary>
/// <param name="SizeBytes">All that importing it reads.</param>
/// <param name="SentBytes">What had to be sent for it; the rest was there.</param>
/// <param name="Parts">How many objects hold its data.</param>
public sealed record Exported(string Key, long SizeBytes, long SentBytes, int Parts);
