namespace Atoll.Core.Sandboxes;

/// <summary>What happens to a sandbox when its time is up or it has been idle.</summary>
public enum LifecycleAction
{
    Delete,
    Stop,
    Suspend,
    Pause,

    /// <summary>Suspended; stopped where that does not work.</summary>
    SuspendOrStop,
}
