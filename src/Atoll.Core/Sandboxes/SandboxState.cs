namespace Atoll.Core.Sandboxes;

/// <summary>
/// Where a sandbox is in its life: <c>creating -> running -> deleted</c>, asleep in between as often as it likes, and <c>failed</c> where no disk is left of it. The last two carry an <see cref="EndReason"/>.
/// </summary>
public enum SandboxState
{
    Creating,
    Running,

    /// <summary>Its processes stand still; their memory stays where it is.</summary>
    Paused,

    /// <summary>Memory, processes and disk are saved; nothing of it is in memory.</summary>
    Suspended,

    /// <summary>Only its disk is there; it starts anew on that.</summary>
    Stopped,

    /// <summary>It is over, and nobody asked for it: its first start failed, or its disk is gone. Any other fault leaves it <see cref="Stopped"/>.</summary>
    Failed,
    Deleted,

    /// <summary>Its disk is in the object store, and nothing of it on this host. (Behind the others, which are stored by their numbers.)</summary>
    Archived,
}
