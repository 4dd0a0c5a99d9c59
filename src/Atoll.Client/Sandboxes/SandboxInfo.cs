namespace Atoll.Client.Sandboxes;

/// <summary>A sandbox as the API tells of it: what was asked for, resolved, and what has become of it.</summary>
/// <param name="State"><c>creating</c>, <c>running</c>, <c>paused</c>, <c>suspended</c>, <c>stopped</c>, <c>archived</c>, <c>failed</c> or <c>deleted</c>; later servers may know more.</param>
/// <param name="StateReason">Why it ended, fell asleep by itself or was stopped by a fault, such as <c>timeout</c> or <c>out_of_memory</c>.</param>
/// <param name="KeptUntil">Stopped by a fault: it is deleted then, unless it is started before.</param>
/// <param name="Checkpoint">What its disk was last saved to, restored to, or made from.</param>
/// <param name="Ports">Ports that are exposed.</param>
/// <param name="Volumes">What is mounted in it.</param>
/// <param name="Urls">Where they are reached, by port.</param>
public sealed record SandboxInfo(
    string Id,
    string? Name,
    string State,
    string? StateReason,
    string? StateDetail,
    string? Template,
    string? Isolation,
    double Cpu,
    long MemoryMiB,
    long DiskMiB,
    long Processes,
    IReadOnlyDictionary<string, string>? Env,
    IReadOnlyDictionary<string, string>? Metadata,
    string? User,
    string? Workdir,
    LifecycleInfo? Lifecycle,
    NetworkInfo? Network,
    string? Node,
    DateTimeOffset? CreatedAt,
    DateTimeOffset? StartedAt,
    DateTimeOffset? ExpiresAt,
    DateTimeOffset? EndedAt,
    string? Checkpoint = null,
    IReadOnlyList<int>? Ports = null,
    IReadOnlyDictionary<string, string>? Urls = null,
    IReadOnlyList<VolumeMountInfo>? Volumes = null,
    DateTimeOffset? KeptUntil = null);
