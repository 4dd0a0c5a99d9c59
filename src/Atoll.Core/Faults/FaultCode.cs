namespace Atoll.Core.Faults;

/// <summary>
/// Every failure that a caller may expect. The name, in snake_case, is the stable <c>code</c> of the API: never rename one, only add.
/// </summary>
public enum FaultCode
{
    // What the caller sent.
    InvalidRequest,
    InvalidPath,
    NotSupported,
    Unauthenticated,
    Forbidden,
    NotFound,
    SandboxNotFound,
    TemplateNotFound,
    ProcessNotFound,
    CodeContextNotFound,
    KeyNotFound,
    NameTaken,
    IdempotencyConflict,
    RequestTooLarge,
    KeyExpired,
    ForbiddenScope,
    TeamNotFound,
    TeamUserNotFound,
    TeamNotEmpty,
    QuotaExceeded,
    RateLimited,
    CheckpointNotFound,
    CheckpointMismatch,
    CheckpointDamaged,
    LeaseNotFound,
    PortNotExposed,
    ExportInvalid,
    ExportUnsupported,
    ObjectNotFound,

    // What the sandbox is.
    SandboxEnded,
    SandboxNotRunning,
    SandboxPaused,
    SandboxSuspended,
    SandboxStopped,
    ProcessEnded,

    // What this host has.
    IsolationUnavailable,
    CapacityExhausted,
    PoolNearlyFull,
    HostFailure,
    StoreUnavailable,
    ObjectStoreUnavailable,
    ObjectStoreFull,
    AgentUnreachable,
    Timeout,
    ShuttingDown,

    // What happened inside the sandbox.
    CommandNotFound,
    CommandNotExecutable,
    UserNotFound,
    WorkingDirectoryInvalid,
    FileNotFound,
    FileExists,
    IsADirectory,
    NotADirectory,
    DirectoryNotEmpty,
    NotARegularFile,
    PermissionDenied,
    NoSpace,
    TooLarge,
    TooMany,
    OffsetLost,
    Interrupted,
    GuestFailure,
    PortNotListening,
}
