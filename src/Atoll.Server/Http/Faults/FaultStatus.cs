using System.Collections.Frozen;
using System.Text.Json;
using Atoll.Core.Faults;

namespace Atoll.Server.Http.Faults;

/// <summary>
/// Which HTTP status each fault is, and its code in the API. An ended sandbox is 410: the id was right and will never work again; a state that may change is 409.
/// What a command met inside (no such program, user or directory) is 422: the request was well formed and reached the sandbox. A quota is 429 whatever it counts, so that
/// programs know one status for "you have enough"; only where waiting helps is there a Retry-After.
/// </summary>
internal static class FaultStatus
{
    private static readonly FrozenDictionary<FaultCode, int> Statuses = new Dictionary<FaultCode, int>
    {
        [FaultCode.InvalidRequest] = 400,
        [FaultCode.InvalidPath] = 400,
        [FaultCode.NotSupported] = 400,
        [FaultCode.Unauthenticated] = 401,
        [FaultCode.Forbidden] = 403,
        [FaultCode.NotFound] = 404,
        [FaultCode.SandboxNotFound] = 404,
        [FaultCode.TemplateNotFound] = 404,
        [FaultCode.ProcessNotFound] = 404,
        [FaultCode.CodeContextNotFound] = 404,
        [FaultCode.KeyNotFound] = 404,
        [FaultCode.NameTaken] = 409,
        [FaultCode.IdempotencyConflict] = 409,
        [FaultCode.RequestTooLarge] = 413,
        [FaultCode.KeyExpired] = 401,
        [FaultCode.ForbiddenScope] = 403,
        [FaultCode.TeamNotFound] = 404,
        [FaultCode.TeamUserNotFound] = 404,
        [FaultCode.TeamNotEmpty] = 409,
        [FaultCode.QuotaExceeded] = 429,
        [FaultCode.RateLimited] = 429,
        [FaultCode.CheckpointNotFound] = 404,
        [FaultCode.CheckpointMismatch] = 409,
        [FaultCode.CheckpointDamaged] = 500,
        [FaultCode.ArchiveDamaged] = 500,
        [FaultCode.LeaseNotFound] = 404,
        [FaultCode.PortNotExposed] = 404,
        [FaultCode.ExportInvalid] = 422,
        [FaultCode.ExportUnsupported] = 422,
        [FaultCode.ObjectNotFound] = 404,
        [FaultCode.VolumeNotFound] = 404,
        [FaultCode.VolumeInUse] = 409,
        [FaultCode.VolumeReadOnly] = 409,
        [FaultCode.SandboxEnded] = 410,
        [FaultCode.SandboxNotRunning] = 409,
        [FaultCode.SandboxPaused] = 409,
        [FaultCode.SandboxSuspended] = 409,
        [FaultCode.SandboxStopped] = 409,
        [FaultCode.SandboxArchived] = 409,
        [FaultCode.ProcessEnded] = 409,
        [FaultCode.IsolationUnavailable] = 501,
        [FaultCode.CapacityExhausted] = 503,
        [FaultCode.PoolNearlyFull] = 507,
        [FaultCode.HostFailure] = 500,
        [FaultCode.StoreUnavailable] = 503,
        [FaultCode.ObjectStoreUnavailable] = 503,
        [FaultCode.ObjectStoreFull] = 507,
        [FaultCode.AgentUnreachable] = 502,
        [FaultCode.Timeout] = 504,
        [FaultCode.ShuttingDown] = 503,
        [FaultCode.CommandNotFound] = 422,
        [FaultCode.CommandNotExecutable] = 422,
        [FaultCode.UserNotFound] = 422,
        [FaultCode.WorkingDirectoryInvalid] = 422,
        [FaultCode.FileNotFound] = 404,
        [FaultCode.FileExists] = 409,
        [FaultCode.IsADirectory] = 409,
        [FaultCode.NotADirectory] = 409,
        [FaultCode.DirectoryNotEmpty] = 409,
        [FaultCode.NotARegularFile] = 409,
        [FaultCode.PermissionDenied] = 403,
        [FaultCode.NoSpace] = 507,
        [FaultCode.TooLarge] = 413,
        [FaultCode.TooMany] = 429,
        [FaultCode.OffsetLost] = 409,
        [FaultCode.Interrupted] = 502,
        [FaultCode.GuestFailure] = 502,
        [FaultCode.PortNotListening] = 502,
    }.ToFrozenDictionary();

    public static int Of(FaultCode code) => Statuses.GetValueOrDefault(code, 500);

    public static string CodeOf(FaultCode code) => JsonNamingPolicy.SnakeCaseLower.ConvertName(code.ToString());

    /// <summary>Seconds after which the same request may succeed; null where waiting alone does not help.</summary>
    public static int? RetryAfter(FaultCode code) => code switch
    {
        FaultCode.CapacityExhausted => 5,
        FaultCode.ShuttingDown => 5,
        FaultCode.StoreUnavailable => 5,
        FaultCode.TooMany => 1,
        _ => null,
    };
}
