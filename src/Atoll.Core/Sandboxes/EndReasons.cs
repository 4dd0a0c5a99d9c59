namespace Atoll.Core.Sandboxes;

/// <summary>What reasons have in common.</summary>
internal static class EndReasons
{
    /// <summary>Something in the sandbox did it, and may do it again at once.</summary>
    public static bool IsOwnFault(this EndReason reason) => reason is EndReason.OutOfMemory or EndReason.AgentDied or EndReason.StartFailed;
}
