using System.Collections.Immutable;
using Atoll.Core.Sandboxes;
using Atoll.Server.Hosting;

namespace Atoll.Server.Api.Sandboxes;

/// <summary>A sandbox: what was asked for, resolved, and what has become of it.</summary>
/// <param name="StateReason">Why it ended, fell asleep by itself, or was stopped by a fault; null while it runs, and where a user put it to sleep.</param>
/// <param name="StateDetail">For people: more about the reason. While it runs: why it was not suspended as its policy says.</param>
/// <param name="ExpiresAt">When its time is up; null for never, and while it sleeps: its time goes on when it wakes.</param>
/// <param name="KeptUntil">Stopped by a fault: it is deleted then, unless it is started before; else null.</param>
/// <param name="Checkpoint">What its disk was last saved to, restored to, or made from, though it may have been deleted since; null when there is none.</param>
/// <param name="Ports">Ports that are exposed: reached from outside without a key.</param>
/// <param name="Urls">Where they are reached, by port. Those that are not public need their token too.</param>
internal sealed record SandboxView(
    string Id,
    string? Name,
    SandboxState State,
    EndReason? StateReason,
    string? StateDetail,
    string Template,
    string? Checkpoint,
    IsolationKind Isolation,
    double Cpu,
    long MemoryMiB,
    long DiskMiB,
    long Processes,
    ImmutableDictionary<string, string> Env,
    ImmutableDictionary<string, string> Metadata,
    string User,
    string Workdir,
    LifecycleView Lifecycle,
    NetworkView Network,
    IReadOnlyList<VolumeBody> Volumes,
    string Node,
    DateTimeOffset CreatedAt,
    DateTimeOffset? StartedAt,
    DateTimeOffset? ExpiresAt,
    DateTimeOffset? EndedAt,
    DateTimeOffset? KeptUntil,
    ImmutableArray<int> Ports,
    ImmutableDictionary<string, string> Urls)
{
    public static SandboxView Of(Sandbox sandbox, PortUrls urls)
    {
        var (spec, limits) = (sandbox.Spec, sandbox.Spec.Limits);
        return new(
            sandbox.Id.Value,
            spec.Name,
            sandbox.State,
            sandbox.Reason,
            sandbox.ReasonDetail,
            spec.Template,
            sandbox.Checkpoint?.Value,
            spec.Isolation,
            limits.Cpu,
            limits.MemoryMiB,
            limits.DiskMiB,
            limits.Processes,
            spec.Env,
            spec.Metadata,
            spec.User,
            spec.WorkingDirectory,
            LifecycleView.Of(spec.Lifecycle),
            new(new(spec.Egress)),
            [.. (spec.Volumes ?? []).Select(mount => new VolumeBody(mount.Volume.Value, mount.Path, mount.ReadOnly))],
            sandbox.Node,
            sandbox.CreatedAt,
            sandbox.StartedAt,
            sandbox.ExpiresAt,
            sandbox.EndedAt,
            sandbox.KeptUntil,
            urls.Open(sandbox),
            urls.OfOpen(sandbox));
    }
}
