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
    private const string OnlyDelete = "By now a sandbox can only be deleted when its time is up or it is idle: say \"delete\".";
    private static readonly ImmutableHashSet<string> DefaultWakers = ["api", "http"];

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
            OnTimeout = body.Lifecycle?.OnTimeout is null ? null : LifecycleAction.Delete,
            IdleSeconds = body.Lifecycle?.IdleSeconds,
            OnIdle = body.Lifecycle?.OnIdle is null ? null : LifecycleAction.Delete,
            Egress = body.Network?.Egress?.Default,
            PublicPorts = body.Network?.PublicPorts,
        };
    }

    public static Result<SandboxUpdate> ToUpdate(UpdateSandboxBody body)
    {
        var wrong = new Dictionary<string, string>();
        RequireNumber(wrong, "cpu", body.Cpu);
        RequireNumber(wrong, "lifecycle.timeoutSeconds", body.Lifecycle?.TimeoutSeconds);
        RequireNumber(wrong, "lifecycle.idleSeconds", body.Lifecycle?.IdleSeconds);
        if (HttpFaults.Of(FaultCode.InvalidRequest, wrong) is { } fault) return fault;
        return new SandboxUpdate
        {
            Name = body.Name,
            Metadata = body.Metadata,
            Env = body.Env,
            Cpu = body.Cpu,
            MemoryMiB = body.MemoryMiB,
            Processes = body.Processes,
            TimeoutSeconds = body.Lifecycle?.TimeoutSeconds,
            IdleSeconds = body.Lifecycle?.IdleSeconds,
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
        Refuse(body.Volumes is { IsDefaultOrEmpty: false }, "volumes", "are not supported yet.");
        Refuse(body.Secrets is { IsDefaultOrEmpty: false }, "secrets", "are not supported yet.");
        Refuse(body.Gpus is > 0, "gpus", "are not supported yet.");
        Refuse(body.Count is > 1, "count", "above 1 is not supported yet.");
        var network = body.Network;
        Refuse(network?.Join is { IsDefaultOrEmpty: false }, "network.join", "is not supported yet.");
        Refuse(network?.Egress?.Allow is { IsDefaultOrEmpty: false }, "network.egress.allow", "is not supported yet: use network.egress.default.");
        Refuse(network?.Egress?.Deny is { IsDefaultOrEmpty: false }, "network.egress.deny", "is not supported yet: use network.egress.default.");
        Refuse(network?.Egress?.Rules is { IsDefaultOrEmpty: false }, "network.egress.rules", "is not supported yet.");
        var life = body.Lifecycle;
        Refuse(life?.OnTimeout is not (null or LifecycleWord.Delete), "lifecycle.onTimeout", "can only be \"delete\" yet.");

        // The documented default of onIdle is "suspend", which matters only when there is an idle limit: then it must say what can be done by now.
        Refuse(life is { IdleSeconds: > 0, OnIdle: not LifecycleWord.Delete }, "lifecycle.onIdle", "must be \"delete\" where idleSeconds is given.");
        Refuse(life is { IdleSeconds: null or 0, OnIdle: not (null or LifecycleWord.Delete or LifecycleWord.Suspend) }, "lifecycle.onIdle", "can only be \"delete\" yet.");
        Refuse(life?.WakeOn is { IsDefaultOrEmpty: false } wakers && !DefaultWakers.SetEquals(wakers), "lifecycle.wakeOn", "can only be left at its default yet.");
        return HttpFaults.Of(FaultCode.NotSupported, fields, fields.Keys.Any(field => field.StartsWith("lifecycle.on", StringComparison.Ordinal)) ? OnlyDelete : null);
    }

    private static Fault? Wrong(CreateSandboxBody body)
    {
        var wrong = new Dictionary<string, string>();
        if (body.Gpus is < 0) wrong["gpus"] = "must be 0 or more.";
        if (body.Count is < 1) wrong["count"] = "must be 1 or more.";
        RequireNumber(wrong, "cpu", body.Cpu);
        RequireNumber(wrong, "lifecycle.timeoutSeconds", body.Lifecycle?.TimeoutSeconds);
        RequireNumber(wrong, "lifecycle.idleSeconds", body.Lifecycle?.IdleSeconds);
        return HttpFaults.Of(FaultCode.InvalidRequest, wrong);
    }

    // JSON has no infinity, but 1e999 reads as one.
    private static void RequireNumber(Dictionary<string, string> wrong, string field, double? value)
    {
        if (value is { } number && !double.IsFinite(number)) wrong[field] = "is too large a number.";
    }
}
