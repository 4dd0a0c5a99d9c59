using System.Diagnostics;
using Atoll.Core.Cleanup;
using Atoll.Core.Faults;
using Atoll.Core.Machines;
using Atoll.Core.Sandboxes;
using Atoll.Machine.Hosting;
using Atoll.Machine.Isolation.Bundles;
using Atoll.Machine.Isolation.Cgroups;
using Atoll.Machine.Native;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Atoll.Machine.Isolation.Runtimes;

/// <summary>
/// Any OCI runtime behind the port. Only the start runs the runtime's program; everything after it goes by the sandbox's cgroup, pid file and <see cref="RunDirectory"/>,
/// which needs no process, works the same whatever state the runtime thinks the sandbox is in, and is quick: killing through the cgroup and removing the folder takes
/// milliseconds where the runtimes' own delete takes 0.2 s (runc) and 1.2-1.9 s (runsc).
/// </summary>
internal sealed partial class OciRuntime(
    IOciEngine engine,
    SandboxCgroups cgroups,
    RuntimeSpawner spawner,
    IOptions<IsolationOptions> options,
    IOptions<MachineOptions> machine,
    ILogger<OciRuntime> logger,
    IVessels? vessels = null) : ISandboxRuntime
{
    private readonly OciMemory _memory = new(engine, spawner, options);
    private readonly IVessels? _vessels = engine.OwnKernel ? vessels : null;
    private volatile IsolationSupport? _support;

    public IsolationKind Kind => engine.Kind;

    public string? MemoryMissing => _support is null or { Available: true } ? engine.MemoryMissing : _support.Missing;

    public long MemoryRoom => (long)engine.OverheadMiB << 20;

    public async Task<IsolationSupport> ProbeAsync(CancellationToken cancellation)
    {
        var learnt = await engine.LearnAsync(cancellation);
        var missing = learnt.Fault ?? (cgroups.Missing is { } lack ? EngineFaults.Unavailable(lack, null) : await TryOneAsync(cancellation));
        var support = new IsolationSupport(Kind, learnt.Succeeded ? learnt.Value : null, missing is null ? null : $"{missing.Detail} {missing.Hint}".Trim());
        LogProbed(engine.Name, support.Runtime, support.Missing);
        _support = support;
        return support;
    }

    public async Task<Result<RunningInit>> StartAsync(LaunchPlan plan, CancellationToken cancellation)
    {
        var support = _support ?? await ProbeAsync(cancellation);
        if (support.Missing is { } missing)
        {
            return EngineFaults.Unavailable($"The isolation '{Kind}' is not available on this host: {missing}", "Choose another isolation, or install what is missing and restart the server.");
        }

        if (plan.Memory is null) return await StartAsync(plan, options.Value.StartTimeLimit, cancellation);
        return engine.Memory is null ? _memory.NotSupported() : await StartAsync(plan, options.Value.MemoryTimeLimit, cancellation);
    }

    public async Task<Result<Done>> RemoveAsync(SandboxId id, CancellationToken cancellation)
    {
        var removed = await cgroups.RemoveAsync(id, options.Value.RemoveTimeLimit, cancellation);
        if (removed.Fault is not null) return removed;
        try
        {
            DirectoryOf(id).Delete();
            _vessels?.Forget(id);
            return removed;
        }
        catch (IOException failure)
        {
            return Failed($"The run-time folder of sandbox {id} cannot be removed: {failure.Message}", null);
        }
    }

    public async Task<Result<Done>> VacateAsync(SandboxId id, CancellationToken cancellation)
    {
        var left = SandboxId.New();
        using (cgroups.HoldParents())
        {
            if (!cgroups.TryKillAside(id, left)) return await RemoveAsync(id, cancellation);
            try
            {
                FileCall.Rename(DirectoryOf(id).Path, DirectoryOf(left).Path);
            }
            catch (IOException failure)
            {
                return Failed($"The run-time folder of sandbox {id} cannot be put aside: {failure.Message}", null);
            }
        }

        _ = RemoveLeftAsync(left);
        return Done.Value;
    }

    public Task<RunningInit?> InspectAsync(SandboxId id, CancellationToken cancellation) => Task.FromResult(Inspect(id));

    public Task<IReadOnlyList<SandboxId>> ListAsync(CancellationToken cancellation)
    {
        var mine = Names(RunDirectory.ParentOf(machine.Value, engine.Name));

        // A cgroup does not tell which runtime made it. One that has no folder in any runtime's is a leftover, which each may remove.
        var known = RunDirectory.Runtimes.SelectMany(runtime => Names(RunDirectory.ParentOf(machine.Value, runtime)));
        return Task.FromResult<IReadOnlyList<SandboxId>>([.. mine.Union(cgroups.List().Except(known))]);
    }

    public Task<Result<Done>> ApplyLimitsAsync(SandboxId id, SandboxLimits limits, CancellationToken cancellation) =>
        Task.FromResult(cgroups.Apply(id, WithOverhead(limits)));

    public string? LastWords(SandboxId id) => PanicLog.Read(DirectoryOf(id).LastWords);

    public Result<Done> Freeze(SandboxId id) => cgroups.Freeze(id, options.Value.FreezeTimeLimit);

    public void Thaw(SandboxId id) => cgroups.Thaw(id);

    public async Task<Result<Done>> SaveMemoryAsync(SandboxId id, string folder, bool end, Func<Task<Result<Done>>> still, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (engine.Memory is null) return _memory.NotSupported();
        if (Inspect(id) is null) return new Fault(FaultCode.SandboxNotRunning, FaultSide.Host, FaultStage.Isolation, $"Sandbox {id} does not run on this host.");
        var saved = await _memory.SaveAsync(DirectoryOf(id), id, folder, end ? () => cgroups.RemoveAsync(id, options.Value.RemoveTimeLimit, CancellationToken.None) : null, still);
        if (saved.Succeeded) _vessels?.Expect(id);
        return saved;
    }

    public async Task<Result<Done>> ContinueAsync(SandboxId id, bool paused, CancellationToken cancellation)
    {
        // Memory is saved of what is not frozen, so one that is paused and frozen was not being saved.
        if (paused && cgroups.StandsStill(id)) return Freeze(id);
        cgroups.Thaw(id);
        if ((await _memory.ContinueAsync(DirectoryOf(id), id)).Fault is { } stuck) LogStuck(id, stuck.Detail);
        return paused ? Freeze(id) : Done.Value;
    }

    public Task<Result<CgroupUsage>> MeasureAsync(SandboxId id, CancellationToken cancellation) => Task.FromResult(cgroups.Measure(id));

    private async Task RemoveLeftAsync(SandboxId left)
    {
        if ((await RemoveAsync(left, CancellationToken.None)).Fault is { } fault) LogLeftBehind(left, fault.Detail);
    }

    /// <summary>Starts the smallest sandbox there is, in a network namespace of its own, and removes it.</summary>
    private async Task<Fault?> TryOneAsync(CancellationToken cancellation)
    {
        using var trial = await TrialSandbox.CreateAsync([machine.Value.StateDirectory, Path.GetTempPath()], logger, cancellation);
        var limit = options.Value.ProbeTimeLimit;
        var started = await StartAsync(trial.Plan, limit, cancellation);
        while (started.Fault is { } fault && engine.Adapt(fault))
        {
            LogAdapted(engine.Name);
            started = await StartAsync(trial.Plan, limit, cancellation);
        }

        var removed = await RemoveAsync(trial.Plan.Id, cancellation);
        return started.Fault ?? removed.Fault;
    }

    private async Task<Result<RunningInit>> StartAsync(LaunchPlan plan, TimeSpan limit, CancellationToken cancellation)
    {
        var begun = Stopwatch.GetTimestamp();
        var directory = DirectoryOf(plan.Id);
        if (directory.Exists || cgroups.Exists(plan.Id)) return Failed($"Sandbox {plan.Id} has run-time state on this host already.", "Remove it first.");
        if (MountPoints.Prepare(plan.RootFilesystem, plan.Volumes).Fault is { } unmountable) return unmountable;

        await using var cleanup = new AsyncCleanup();
        cleanup.Push(async () =>
        {
            // The caller may have cancelled: the clean-up must run all the same, and is bounded by its own limit.
            if ((await RemoveAsync(plan.Id, CancellationToken.None)).Fault is { } left) LogLeftBehind(plan.Id, left.Detail);
        });
        using var parents = cgroups.HoldParents();
        _vessels?.Note(plan);
        if (plan.Memory is not null && _vessels is not null && await _vessels.TryRestoreAsync(plan, cancellation) is { } boarded)
        {
            if (!boarded.TryGet(out var sentry, out var unboarded)) return unboarded;
            cleanup.Release();
            LogStarted(plan.Id, engine.Name, sentry.Pid, Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
            return sentry;
        }

        try
        {
            directory.Create();
            // Memory that was saved comes back before the limit can be raised, so the overhead is in it from the start; inside, so much more memory is then shown.
            var limits = plan.Memory is null ? CgroupLimits.For(plan.Limits, engine.HostTasks) : WithOverhead(plan.Limits);
            var granted = plan with { PreparesKernel = plan.PreparesKernel && engine.OwnKernel };
            await OciBundle.WriteAsync(directory.Bundle, granted, limits, cgroups.PathOf(plan.Id), engine.Seccomp, cancellation);
        }
        catch (IOException failure)
        {
            return Failed($"The run-time folder cannot be written: {failure.Message}", "Free space on the file system of the run-time directory.");
        }

        var command = plan.Memory is { } image ? engine.Memory!.Restore(directory, plan.Id, image) : engine.RunCommand(directory, plan.Id);
        var run = await spawner.RunAsync(command, engine.View(plan.GuestDirectory), limit, cancellation);
        if (!run.TryGet(out var code, out var fault)) return fault;
        if (code != 0)
        {
            var said = RuntimeLog.LastError(directory.Log) ?? $"exit code {code}";
            return plan is { Memory: not null, Volumes.IsEmpty: false } && MemoryFaults.IsFileGone(said) ? MemoryFaults.FileGone : Failed($"{engine.Name} could not start the sandbox: {said}", null);
        }

        if (Inspect(plan.Id) is not { } init) return Failed($"Process 1 ended as soon as it was started: {RuntimeLog.LastError(directory.Log) ?? "no reason was given"}.", null);

        // Not in the bundle: the limit that a runtime finds at its start is the memory that it shows inside; and what runtimes do not know, such as the one on what lies in sockets.
        if (cgroups.Apply(plan.Id, WithOverhead(plan.Limits)).Fault is { } refused) return refused;

        cleanup.Release();
        LogStarted(plan.Id, engine.Name, init.Pid, Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
        return init;
    }

    /// <summary>The pid file says which process; that it stands in the sandbox's own cgroup says that the pid was not reused since.</summary>
    private RunningInit? Inspect(SandboxId id)
    {
        if (DirectoryOf(id).ReadPid() is not { } pid) return null;
        return ProcessStat.Read(pid) is { Dead: false } stat && cgroups.Contains(id, pid) ? new RunningInit(pid, stat.StartTicks) : null;
    }

    private CgroupLimits WithOverhead(SandboxLimits limits) => CgroupLimits.For(limits, engine.HostTasks, engine.OverheadMiB);

    private static IEnumerable<SandboxId> Names(string folder) => Directory.Exists(folder)
        ? Directory.EnumerateDirectories(folder).Select(path => SandboxId.TryParse(Path.GetFileName(path), out var id) ? id : default).Where(id => id != default)
        : [];

    private static Fault Failed(string detail, string? hint) => new(FaultCode.HostFailure, FaultSide.Host, FaultStage.Isolation, detail, hint);

    private RunDirectory DirectoryOf(SandboxId id) => RunDirectory.Of(machine.Value, engine.Name, id);

    [LoggerMessage(3100, LogLevel.Information, "Isolation by {Runtime}: {Version}; missing: {Missing}")]
    private partial void LogProbed(string runtime, string? version, string? missing);

    [LoggerMessage(3101, LogLevel.Information, "{Runtime} did not start as it is, and is started around a quirk that is known of it from now on")]
    private partial void LogAdapted(string runtime);

    [LoggerMessage(3102, LogLevel.Debug, "Sandbox {Id} started by {Runtime} as process {Pid} in {Milliseconds:0} ms")]
    private partial void LogStarted(SandboxId id, string runtime, int pid, double milliseconds);

    [LoggerMessage(3104, LogLevel.Warning, "Sandbox {Id} was left standing still, and may stand still now: {Detail}")]
    private partial void LogStuck(SandboxId id, string detail);

    [LoggerMessage(3103, LogLevel.Error, "Sandbox {Id} did not start, and something of it is left: {Detail}")]
    private partial void LogLeftBehind(SandboxId id, string detail);
}
