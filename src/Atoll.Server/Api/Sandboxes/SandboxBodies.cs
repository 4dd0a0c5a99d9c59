using System.Collections.Immutable;
using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;
using Atoll.Server.Api.Words;
using Atoll.Server.Http.Faults;

namespace Atoll.Server.Api.Sandboxes;

/// <summary>
/// Request bodies as Core's requests. Only what Core cannot see is checked here: fields whose feature does not exist yet (empty and default values of them are
/// accepted, so that a request written from the documentation works), and numbers that are none.
/// </summary>
internal static class SandboxBodies
{
    private const string ByApi = "api";
    private const string ByHttp = "http";
    private const string NoArchive = "cannot be \"archive\" yet: choose delete, stop, suspend, suspend_or_stop or pause.";

    public static Result<SandboxRequest> ToRequest(CreateSandboxBody body)
    {
        if (NotSupported(body) is { } missing) return missing;
        if (Wrong(body) is { } wrong) return wrong;
        return new SandboxRequest
        {
            Name = body.Name,
            Template = body.Template,
            Checkpoint = body.Checkpoint is { Length: > 0 } checkpoint ? checkpoint : null,
            Isolation = body.Isolation switch { IsolationWord.GVisor => IsolationKind.GVisor, IsolationWord.Container => IsolationKind.Container, _ => null },
            Cpu = body.Cpu,
            MemoryMiB = body.MemoryMiB,
            DiskMiB = body.DiskMiB,
            Processes = body.Processes,
            Env = body.Env,
            Metadata = body.Metadata,
            User = body.User,
            WorkingDirectory = body.Workdir,
            TimeoutSeconds = body.Lifecycle?.TimeoutSeconds,
            OnTimeout = ToAction(body.Lifecycle?.OnTimeout),
            IdleSeconds = body.Lifecycle?.IdleSeconds,
            OnIdle = ToAction(body.Lifecycle?.OnIdle),
            WakeOn = ToCauses(body.Lifecycle?.WakeOn),
            Egress = body.Network?.Egress?.Default,
            PublicPorts = body.Network?.PublicPorts,
            Volumes = body.Volumes is { IsDefault: false } volumes ? [.. volumes.Select(volume => new MountRequest(volume.Volume, volume.Path, volume.ReadOnly))] : null,
        };
    }

    public static Result<SandboxUpdate> ToUpdate(UpdateSandboxBody body)
    {
        var wrong = new Dictionary<string, string>();
        RequireNumber(wrong, "cpu", body.Cpu);
        RequireNumber(wrong, "lifecycle.timeoutSeconds", body.Lifecycle?.TimeoutSeconds);
        RequireNumber(wrong, "lifecycle.idleSeconds", body.Lifecycle?.IdleSeconds);
        CheckWakers(wrong, body.Lifecycle?.WakeOn);
        if (HttpFaults.Of(FaultCode.InvalidRequest, wrong) is { } fault) return fault;
        if (NotArchived(body.Lifecycle?.OnTimeout, body.Lifecycle?.OnIdle) is { } archive) return archive;
        return new SandboxUpdate
        {
            Name = body.Name,
            Metadata = body.Metadata,
            Env = body.Env,
            Cpu = body.Cpu,
            MemoryMiB = body.MemoryMiB,
            Processes = body.Processes,
            TimeoutSeconds = body.Lifecycle?.TimeoutSeconds,
            OnTimeout = ToAction(body.Lifecycle?.OnTimeout),
            IdleSeconds = body.Lifecycle?.IdleSeconds,
            OnIdle = ToAction(body.Lifecycle?.OnIdle),
            WakeOn = ToCauses(body.Lifecycle?.WakeOn),
        };
    }

    private static Fault? NotSupported(CreateSandboxBody body)
    {
        var fields = new Dictionary<string, string>();
        void Refuse(bool given, string field, string what)
        {
            if (given) fields[field] = what;
        }

        Refuse(body.Isolation is IsolationWord.Microvm, "isolation", "cannot be \"microvm\" yet: choose gvisor or container.");
        Refuse(body.Secrets is { IsDefaultOrEmpty: false }, "secrets", "are not supported yet.");
        Refuse(body.Gpus is > 0, "gpus", "are not supported yet.");
        Refuse(body.Count is > 1, "count", "above 1 is not supported yet.");
        var network = body.Network;
        Refuse(network?.Join is { IsDefaultOrEmpty: false }, "network.join", "is not supported yet.");
        Refuse(network?.Egress?.Allow is { IsDefaultOrEmpty: false }, "network.egress.allow", "is not supported yet: use network.egress.default.");
        Refuse(network?.Egress?.Deny is { IsDefaultOrEmpty: false }, "network.egress.deny", "is not supported yet: use network.egress.default.");
        Refuse(network?.Egress?.Rules is { IsDefaultOrEmpty: false }, "network.egress.rules", "is not supported yet.");
        var life = body.Lifecycle;
        Refuse(life?.OnTimeout is LifecycleWord.Archive, "lifecycle.onTimeout", NoArchive);
        Refuse(life?.OnIdle is LifecycleWord.Archive, "lifecycle.onIdle", NoArchive);
        return HttpFaults.Of(FaultCode.NotSupported, fields);
    }

    private static Fault? NotArchived(LifecycleWord? onTimeout, LifecycleWord? onIdle)
    {
        var fields = new Dictionary<string, string>();
        if (onTimeout is LifecycleWord.Archive) fields["lifecycle.onTimeout"] = NoArchive;
        if (onIdle is LifecycleWord.Archive) fields["lifecycle.onIdle"] = NoArchive;
        return HttpFaults.Of(FaultCode.NotSupported, fields);
    }

    private static Fault? Wrong(CreateSandboxBody body)
    {
        var wrong = new Dictionary<string, string>();
        if (body.Gpus is < 0) wrong["gpus"] = "must be 0 or more.";
        if (body.Count is < 1) wrong["count"] = "must be 1 or more.";
        RequireNumber(wrong, "cpu", body.Cpu);
        RequireNumber(wrong, "lifecycle.timeoutSeconds", body.Lifecycle?.TimeoutSeconds);
        RequireNumber(wrong, "lifecycle.idleSeconds", body.Lifecycle?.IdleSeconds);
        CheckWakers(wrong, body.Lifecycle?.WakeOn);
        return HttpFaults.Of(FaultCode.InvalidRequest, wrong);
    }

    private static void CheckWakers(Dictionary<string, string> wrong, ImmutableArray<string>? wakers)
    {
        if (wakers is { IsDefault: false } words && words.Any(word => word is not (ByApi or ByHttp))) wrong["lifecycle.wakeOn"] = "must be a list of: api, http.";
    }

    private static WakeCauses? ToCauses(ImmutableArray<string>? wakers) => wakers is not { IsDefault: false } words
        ? null
        : (words.Contains(ByApi) ? WakeCauses.Api : WakeCauses.None) | (words.Contains(ByHttp) ? WakeCauses.Http : WakeCauses.None);

    private static LifecycleAction? ToAction(LifecycleWord? word) => word switch
    {
        LifecycleWord.Delete => LifecycleAction.Delete,
        LifecycleWord.Stop => LifecycleAction.Stop,
        LifecycleWord.Suspend => LifecycleAction.Suspend,
        LifecycleWord.Pause => LifecycleAction.Pause,
        LifecycleWord.SuspendOrStop => LifecycleAction.SuspendOrStop,
        _ => null,
    };

    // JSON has no infinity, but 1e999 reads as one.
    private static void RequireNumber(Dictionary<string, string> wrong, string field, double? value)
    {
        if (value is { } number && !double.IsFinite(number)) wrong[field] = "is too large a number.";
    }
}
