using Atoll.Core.Faults;
using Atoll.Core.Machines;
using Atoll.Core.Sandboxes;
using Atoll.Machine.Hosting;
using Atoll.Machine.Isolation.Launching;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Atoll.Machine.Isolation.Runtimes;

/// <summary>
/// The isolation <c>container</c>: our own launcher, or <c>runc</c> where that is asked for or the host lacks what ours needs. A sandbox stays with what started it, also over a
/// restart with another setting.
/// </summary>
internal sealed partial class ContainerRuntime(
    LauncherRuntime launcher,
    OciRuntime runc,
    LaunchRecords records,
    IOptions<IsolationOptions> options,
    IOptions<MachineOptions> machine,
    ILogger<ContainerRuntime> logger) : ISandboxRuntime
{
    private volatile ISandboxRuntime? _chosen;
    private volatile string? _memoryMissing = "it has not been tried yet";

    public IsolationKind Kind => IsolationKind.Container;

    public string? MemoryMissing => _memoryMissing;

    public async Task<IsolationSupport> ProbeAsync(CancellationToken cancellation)
    {
        var memory = CriuCheck.ExplainAsync(options.Value.ProbeTimeLimit, cancellation);
        var support = await ChooseAsync(cancellation);
        _memoryMissing = await memory;
        return support;
    }

    private async Task<IsolationSupport> ChooseAsync(CancellationToken cancellation)
    {
        if (options.Value.ContainerLauncher is ContainerLauncher.Runc) return await ProbeRuncAsync("asked for", cancellation);

        launcher.TrialFolders = [machine.Value.StateDirectory, Path.GetTempPath()];
        var own = await launcher.ProbeAsync(cancellation);
        if (own.Missing is not { } lack)
        {
            _chosen = launcher;
            LogChosen(own.Runtime);
            return own;
        }

        LogFellBack(lack);
        return await ProbeRuncAsync($"in place of atoll-launcher: {lack}", cancellation);
    }

    public async Task<Result<RunningInit>> StartAsync(LaunchPlan plan, CancellationToken cancellation)
    {
        if (plan.Memory is not null) return MemoryFaults.NotSupported(Kind, MemoryMissing!);
        if (_chosen is null) await ProbeAsync(cancellation);
        if (_chosen != launcher) return await runc.StartAsync(plan, cancellation);

        // Its parts may lie where the trial did not: a pool on overlayfs.
        var started = await launcher.StartAsync(plan, cancellation);
        if (started.Fault is not { Code: FaultCode.IsolationUnavailable } lack || !File.Exists(options.Value.LauncherPath)) return started;
        LogFellBack(lack.Detail);
        return await runc.StartAsync(plan, cancellation);
    }

    public Task<Result<Done>> RemoveAsync(SandboxId id, CancellationToken cancellation) => Of(id).RemoveAsync(id, cancellation);

    public Task<RunningInit?> InspectAsync(SandboxId id, CancellationToken cancellation) => Of(id).InspectAsync(id, cancellation);

    public async Task<IReadOnlyList<SandboxId>> ListAsync(CancellationToken cancellation) =>
        [.. (await launcher.ListAsync(cancellation)).Union(await runc.ListAsync(cancellation))];

    public Task<Result<Done>> ApplyLimitsAsync(SandboxId id, SandboxLimits limits, CancellationToken cancellation) => Of(id).ApplyLimitsAsync(id, limits, cancellation);

    public Result<Done> Freeze(SandboxId id) => Of(id).Freeze(id);

    public void Thaw(SandboxId id) => Of(id).Thaw(id);

    public Task<Result<Done>> SaveMemoryAsync(SandboxId id, string folder, bool end, Func<Task<Result<Done>>> still, CancellationToken cancellation) =>
        Task.FromResult<Result<Done>>(MemoryFaults.NotSupported(Kind, MemoryMissing!));

    public Task<Result<Done>> ContinueAsync(SandboxId id, bool paused, CancellationToken cancellation) => Of(id).ContinueAsync(id, paused, cancellation);

    public Task<Result<CgroupUsage>> MeasureAsync(SandboxId id, CancellationToken cancellation) => Of(id).MeasureAsync(id, cancellation);

    /// <summary>What neither knows (a cgroup that is left over) is runc's as well as ours.</summary>
    private ISandboxRuntime Of(SandboxId id) => records.Exists(id) ? launcher : runc;

    private async Task<IsolationSupport> ProbeRuncAsync(string why, CancellationToken cancellation)
    {
        var support = await runc.ProbeAsync(cancellation);
        _chosen = runc;
        return support with { Runtime = support.Runtime is { } version ? $"{version} ({why})" : null };
    }

    [LoggerMessage(3120, LogLevel.Information, "Isolation container by {Runtime}")]
    private partial void LogChosen(string? runtime);

    [LoggerMessage(3121, LogLevel.Warning, "Our own launcher cannot be used here, and runc is: {Reason}")]
    private partial void LogFellBack(string reason);
}
