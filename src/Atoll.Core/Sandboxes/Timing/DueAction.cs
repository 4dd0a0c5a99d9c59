namespace Atoll.Core.Sandboxes.Timing;

/// <summary>What a sandbox's policy says is to happen now.</summary>
/// <param name="Mark">Idle: which quiet it was that was long enough; whoever comes after that takes the reason away. Null for other reasons.</param>
internal sealed record DueAction(LifecycleAction Action, EndReason Reason, string Detail, long? Mark);
