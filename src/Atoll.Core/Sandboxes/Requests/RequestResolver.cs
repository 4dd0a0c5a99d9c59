using System.Collections.Immutable;
using Atoll.Core.Faults;
using Atoll.Core.Machines;
using Atoll.Core.Sandboxes.Grains;
using Atoll.Core.Teams;
using Atoll.Core.Templates;
using Microsoft.Extensions.Options;

namespace Atoll.Core.Sandboxes.Requests;

/// <summary>Turns what was asked for into what will be: defaults filled in, everything checked, every mistake reported at once under the name the API gives the field.</summary>
internal sealed class RequestResolver(IMachine machine, MountRules mounts, IOptions<SandboxOptions> options, TimeProvider time)
{
    private const int TemplatesShown = 20;

    /// <param name="disk">The saved disk that it begins as; null for the template's.</param>
    /// <param name="memory">The saved memory that it goes on from; null: its processes start anew.</param>
    /// <param name="origin">The sandbox that this disk was, whose values stand where the request leaves them open.</param>
    /// <param name="template">What an imported disk began as, which need not be here; null to look it up.</param>
    /// <param name="team">Whose volumes are meant; null where a request names none.</param>
    public Result<SandboxSpec> Resolve(SandboxRequest request, CheckpointId? disk = null, CheckpointId? memory = null, SandboxSpec? origin = null, string? template = null, TeamId? team = null)
    {
        FieldErrors errors = new();
        var defaults = options.Value.Defaults;
        if (origin is not null) request = Inherit(errors, request, origin);
        var host = machine.Description;
        LimitRules limits = new(errors, host);

        if (request.Name is { } name) NameRules.Check(errors, name);
        var isolation = Isolation(errors, host, request.Isolation ?? defaults.Isolation);
        var began = template is not null ? new(template, 0, default, "", "")
            : origin is null ? Template(errors, request.Template ?? defaults.Template) : new(origin.Template, 0, default, origin.User, origin.WorkingDirectory);
        if (request.Env is { } env) EnvironmentRules.Check(errors, env);
        if (request.Metadata is { } metadata) MetadataRules.Check(errors, metadata);
        if (request.User is { } user) UserRules.CheckUser(errors, user);
        if (request.WorkingDirectory is { } directory) UserRules.CheckDirectory(errors, directory);
        if (request.Egress is { } egress && !Enum.IsDefined(egress)) errors.Add("network.egress.default", "Must be one of: allow, deny.");

        SandboxSpec spec = new()
        {
            Name = request.Name,
            Template = began?.Name ?? "",
            Isolation = isolation,
            Limits = new(
                limits.Cpu(request.Cpu, defaults.Cpu),
                limits.Memory(request.MemoryMiB, isolation, defaults.MemoryMiB),
                limits.Disk(request.DiskMiB, defaults.DiskMiB),
                limits.Processes(request.Processes, defaults.Processes)),
            Env = request.Env ?? ImmutableDictionary<string, string>.Empty,
            Metadata = request.Metadata ?? ImmutableDictionary<string, string>.Empty,
            User = request.User ?? began?.User ?? "",
            WorkingDirectory = request.WorkingDirectory ?? began?.WorkingDirectory ?? "",
            Lifecycle = new(
                LifecycleRules.Seconds(errors, "lifecycle.timeoutSeconds", request.TimeoutSeconds, defaults.TimeoutSeconds),
                LifecycleRules.Action(errors, "lifecycle.onTimeout", request.OnTimeout, LifecycleAction.Delete),
                LifecycleRules.Seconds(errors, "lifecycle.idleSeconds", request.IdleSeconds, defaults.IdleSeconds),
                LifecycleRules.Action(errors, "lifecycle.onIdle", request.OnIdle, LifecycleRules.WhenIdle(host, isolation)),
                request.WakeOn ?? (WakeCauses.Api | WakeCauses.Http)),
            Egress = request.Egress ?? EgressDefault.Allow,
            Disk = disk,
            Memory = memory,
            Fork = request.Fork,
            Volumes = mounts.Check(errors, team, request.Volumes, memory is null ? null : origin?.Volumes ?? []),
            Ports = request.PublicPorts is { IsDefaultOrEmpty: false } ports ? PortRules.Check(errors, ports, options.Value.MaxPorts, time.GetUtcNow()) : null,
        };
        LifecycleRules.Check(errors, spec.Lifecycle, host, isolation);
        return errors.ToFault() is { } fault ? fault : spec;
    }

    /// <summary>The same for a change of a sandbox.</summary>
    public Result<SandboxChange> Resolve(SandboxUpdate update, SandboxSpec spec)
    {
        FieldErrors errors = new();
        var (isolation, life) = (spec.Isolation, spec.Lifecycle);
        LimitRules limits = new(errors, machine.Description);
        if (update.Name is { Length: > 0 } name) NameRules.Check(errors, name);
        if (update.Env is { } env) EnvironmentRules.Check(errors, env);
        if (update.Metadata is { } metadata) MetadataRules.Check(errors, metadata);
        SandboxChange change = new()
        {
            Name = update.Name,
            Env = update.Env,
            Metadata = update.Metadata,
            Cpu = update.Cpu is null ? null : limits.Cpu(update.Cpu, 0),
            MemoryMiB = update.MemoryMiB is null ? null : limits.Memory(update.MemoryMiB, isolation, 0),
            Processes = update.Processes is null ? null : limits.Processes(update.Processes, 0),
            TimeoutSeconds = update.TimeoutSeconds is null ? null : LifecycleRules.Seconds(errors, "lifecycle.timeoutSeconds", update.TimeoutSeconds, 0),
            IdleSeconds = update.IdleSeconds is null ? null : LifecycleRules.Seconds(errors, "lifecycle.idleSeconds", update.IdleSeconds, 0),
            OnTimeout = update.OnTimeout is null ? null : LifecycleRules.Action(errors, "lifecycle.onTimeout", update.OnTimeout, life.OnTimeout),
            OnIdle = update.OnIdle is null ? null : LifecycleRules.Action(errors, "lifecycle.onIdle", update.OnIdle, life.OnIdle),
            WakeOn = update.WakeOn,
        };
        LifecycleRules.Check(
            errors,
            new(change.TimeoutSeconds ?? life.TimeoutSeconds, change.OnTimeout ?? life.OnTimeout, change.IdleSeconds ?? life.IdleSeconds, change.OnIdle ?? life.OnIdle, change.WakeOn ?? life.WakeOn),
            machine.Description,
            isolation);
        return errors.ToFault() is { } fault ? fault : change;
    }

    /// <summary>What a checkpoint's disk decides cannot be asked for; its name is its own; of the rest, what is left open is the origin's.</summary>
    private static SandboxRequest Inherit(FieldErrors errors, SandboxRequest request, SandboxSpec origin)
    {
        if (request.Template is not null) errors.Add("template", "A checkpoint brings its own: leave it out.");
        if (request.Isolation is { } asked && asked != origin.Isolation) errors.Add("isolation", $"The checkpoint was made of a '{Word(origin.Isolation)}' sandbox: leave it out.");
        var (limits, lifecycle) = (origin.Limits, origin.Lifecycle);
        return request with
        {
            Isolation = origin.Isolation,
            Cpu = request.Cpu ?? limits.Cpu,
            MemoryMiB = request.MemoryMiB ?? limits.MemoryMiB,
            DiskMiB = request.DiskMiB ?? limits.DiskMiB,
            Processes = request.Processes ?? limits.Processes,
            Env = request.Env ?? origin.Env,
            Metadata = request.Metadata ?? origin.Metadata,
            User = request.User ?? origin.User,
            WorkingDirectory = request.WorkingDirectory ?? origin.WorkingDirectory,
            TimeoutSeconds = request.TimeoutSeconds ?? lifecycle.TimeoutSeconds,
            OnTimeout = request.OnTimeout ?? lifecycle.OnTimeout,
            IdleSeconds = request.IdleSeconds ?? lifecycle.IdleSeconds,
            OnIdle = request.OnIdle ?? lifecycle.OnIdle,
            WakeOn = request.WakeOn ?? lifecycle.WakeOn,
            Egress = request.Egress ?? origin.Egress,
            Volumes = request.Volumes ?? origin.Volumes?.Select(mount => new MountRequest(mount.Volume.Value, mount.Path, mount.ReadOnly)).ToImmutableArray(),
        };
    }

    private static IsolationKind Isolation(FieldErrors errors, MachineDescription host, IsolationKind asked)
    {
        var support = host.Isolation.FirstOrDefault(x => x.Kind == asked);
        if (support is { Available: true }) return asked;
        var available = string.Join(", ", host.Isolation.Where(x => x.Available).Select(x => Word(x.Kind)));
        errors.Add("isolation", new Fault(
            FaultCode.IsolationUnavailable,
            FaultSide.Host,
            FaultStage.Isolation,
            $"This host cannot run '{Word(asked)}': {support?.Missing ?? "it is no isolation that this server knows."}",
            available.Length == 0 ? "Install what is missing." : $"Available here: {available}."));
        return asked;
    }

    private Template? Template(FieldErrors errors, string asked)
    {
        var template = machine.Templates.FirstOrDefault(x => x.Name == asked);
        if (template is null)
        {
            var shown = asked.Length <= 80 ? asked : asked[..80] + "…";
            errors.Add("template", new Fault(FaultCode.TemplateNotFound, FaultSide.Caller, FaultStage.Template, $"There is no template '{shown}' here.", There(machine.Templates)));
        }

        return template;
    }

    private static string There(IReadOnlyCollection<Template> templates)
    {
        if (templates.Count == 0) return "There is none yet: make one with atoll-server prepare.";
        var names = templates.Select(x => x.Name).Order(StringComparer.Ordinal).Take(TemplatesShown).ToList();
        return $"There are: {string.Join(", ", names)}{(templates.Count > names.Count ? ", …" : "")}.";
    }

    private static string Word(IsolationKind kind) => kind switch
    {
        IsolationKind.GVisor => "gvisor",
        IsolationKind.Container => "container",
        _ => ((int)kind).ToString(System.Globalization.CultureInfo.InvariantCulture),
    };
}
