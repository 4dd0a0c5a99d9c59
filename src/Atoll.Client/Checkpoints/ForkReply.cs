namespace Atoll.Client.Checkpoints;

/// <param name="Checkpoint">What the sandboxes were made from.</param>
/// <param name="Results">One for each that was asked for; at least one of them runs.</param>
public sealed record ForkReply(string Checkpoint, IReadOnlyList<ForkOutcome> Results);
