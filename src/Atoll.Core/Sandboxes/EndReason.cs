namespace Atoll.Core.Sandboxes;

/// <summary>Why a sandbox ended, fell asleep by itself (<see cref="Timeout"/>, <see cref="Idle"/>), or was stopped by a fault; in snake_case it is the <c>stateReason</c> of the API. Never rename one, only add.</summary>
public enum EndReason
{
    KilledByUser,
    Timeout,
    Idle,
    OutOfMemory,

    /// <summary>Process 1 (the agent) ended though nobody asked for it.</summary>
    AgentDied,

    /// <summary>It could not be started; the detail says why.</summary>
    StartFailed,

    /// <summary>The server died while it was creating this sandbox, or saved its memory.</summary>
    ServerRestart,

    /// <summary>The host was restarted, or its processes were gone when the server came back.</summary>
    HostRestart,

    /// <summary>A fault had stopped it, and nobody started it for as long as such a one is kept.</summary>
    Unclaimed,
}
