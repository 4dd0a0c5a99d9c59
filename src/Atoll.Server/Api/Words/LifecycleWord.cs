namespace Atoll.Server.Api.Words;

/// <summary>What may happen to a sandbox whose time is up or that is idle. Only <see cref="Delete"/> is there by now; the others are refused by name.</summary>
internal enum LifecycleWord
{
    Delete,
    Stop,
    Suspend,
    Pause,
    Archive,
}
