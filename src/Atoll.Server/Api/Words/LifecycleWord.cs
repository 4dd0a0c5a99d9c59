namespace Atoll.Server.Api.Words;

/// <summary>What may happen to a sandbox whose time is up or that is idle. <see cref="Archive"/> is not there yet, and refused by name.</summary>
internal enum LifecycleWord
{
    Delete,
    Stop,
    Suspend,
    Pause,
    Archive,
    SuspendOrStop,
}
