using Atoll.Core.Cleanup;
using Atoll.Core.Faults;
using Atoll.Core.Machines;
using Atoll.Core.Sandboxes;
using Atoll.Machine.Isolation.Bundles;
using Atoll.Machine.Isolation.Cgroups;
using Atoll.Machine.Isolation.Launching;
using Atoll.Machine.Isolation.Seccomp;
using Atoll.Machine.Isolation.Watching;
using Atoll.Machine.Native;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Atoll.Machine.Isolation.Runtimes;

/// <summary>
/// <c>container</c> by our own launcher (src/Atoll.Launcher): the server makes the cgroups and hands over a plan, the launcher makes the rest and ends. Root inside is a user
/// without any right outside. What has been started needs nobody: it is found again by its record and ended by killing process 1, whose pid namespace the kernel then ends.
/// </summary>
internal sealed partial class LauncherRuntime(
    LaunchRecords records,
    LauncherProgram program,
    SandboxCgroups cgroups,
    IExitWatcher exits,
    IOptions<IsolationOptions> options,
    TimeProvider time,
    ILogger<LauncherRuntime> logger) : ISandboxRuntime
{
    public IsolationKind Kind => IsolationKind.Container;

    public string? MemoryMissing => "atoll-launcher does not save memory.";

    /// <summary>Where the trial runs, the best place first; the pool is on the same file system or one that can do as much.</summary>
    internal IReadOnlyList<string> TrialFolders { get; set; } = [Path.GetTempPath()];

    public async Task<IsolationSupport> ProbeAsync(CancellationToken cancellation)
    {
        var missing = cgroups.Missing ?? Lacking();
        if (missing is null)
        {
            using var trial = await TrialSandbox.CreateAsync(TrialFolders, logger, cancellation);
            var started = await StartAsync(trial.Plan, options.Value.ProbeTimeLimit, cancellation);
            var removed = await RemoveAsync(trial.Plan.Id, cancellation);
            missing = (started.Fault ?? removed.Fault)?.Detail;
        }

        var scopes = Landlock.Version >= Landlock.ScopesSince ? $"Landlock ABI {Landlock.Version}" : "no Landlock scopes, which Linux 6.12 has";
        return new IsolationSupport(Kind, $"atoll-launcher (user namespace, ids mapped, {scopes})", missing);
    }

    public async Task<Result<RunningInit>> StartAsync(LaunchPlan plan, CancellationToken cancellation) => await StartAsync(plan, options.Value.StartTimeLimit, cancellation);

    public async Task<Result<Done>> RemoveAsync(SandboxId id, CancellationToken cancellation)
    {
        cgroups.Thaw(id);

        // What can neither be killed nor waited for is for the cgroups, which say so when it stays.
        if (Inspect(id) is { } init) await EndAsync(id, init, cancellation);
        var removed = await cgroups.RemoveAsync(id, options.Value.RemoveTimeLimit, cancellation);
        if (removed.Fault is not null) return removed;
        try
        {
            records.Delete(id);
            return removed;
        }
        catch (IOException failure)
        {
            return Failed($"The run-time folder of sandbox {id} cannot be removed: {failure.Message}");
        }
    }

    public Task<RunningInit?> InspectAsync(SandboxId id, CancellationToken cancellation) => Task.FromResult(Inspect(id));

    public Task<IReadOnlyList<SandboxId>> ListAsync(CancellationToken cancellation) => Task.FromResult(records.List());

    public Task<Result<Done>> ApplyLimitsAsync(SandboxId id, SandboxLimits limits, CancellationToken cancellation) => Task.FromResult(cgroups.Apply(id, Limits(limits)));

    public Result<Done> Freeze(SandboxId id) => cgroups.Freeze(id, options.Value.FreezeTimeLimit);

    public void Thaw(SandboxId id) => cgroups.Thaw(id);

    public Task<Result<Done>> SaveMemoryAsync(SandboxId id, string folder, bool end, Func<Task<Result<Done>>> still, CancellationToken cancellation) =>
        Task.FromResult<Result<Done>>(MemoryFaults.NotSupported(Kind, MemoryMissing!));

    public Task<Result<Done>> ContinueAsync(SandboxId id, bool paused, CancellationToken cancellation)
    {
        if (paused) return Task.FromResult(Freeze(id));
        cgroups.Thaw(id);
        return Task.FromResult<Result<Done>>(Done.Value);
    }

    public Task<Result<CgroupUsage>> MeasureAsync(SandboxId id, CancellationToken cancellation) => Task.FromResult(cgroups.Measure(id));

    private async Task<Result<RunningInit>> StartAsync(LaunchPlan plan, TimeSpan limit, CancellationToken cancellation)
    {
        var begun = time.GetTimestamp();
        if (plan.Memory is not null) return MemoryFaults.NotSupported(Kind, MemoryMissing!);
        if (records.Exists(plan.Id) || cgroups.Exists(plan.Id)) return Failed($"Sandbox {plan.Id} has run-time state on this host already.", "Remove it first.");
        if (MountPoints.Prepare(plan.RootFilesystem, plan.Volumes).Fault is { } unmountable) return unmountable;

        await using var cleanup = new AsyncCleanup();
        cleanup.Push(async () =>
        {
            // The caller may have cancelled: the clean-up must run all the same, and is bounded by its own limit.
            if ((await RemoveAsync(plan.Id, CancellationToken.None)).Fault is { } left) LogLeftBehind(plan.Id, left.Detail);
        });
        using var parents = cgroups.HoldParents();
        if (!Prepare(plan, out var firstUid).TryGet(out var message, out var fault)) return fault;
        if (!(await program.RunAsync(message, limit, cancellation)).TryGet(out var answer, out fault)) return fault;
        if (answer.CannotMapIds) return LauncherFaults.CannotMapIds(plan.RootFilesystem);
        if (answer.Init is not { } init) return answer.Fault;

        records.Save(plan.Id, new LaunchRecord(firstUid, init));
        cleanup.Release();
        LogStarted(plan.Id, init.Pid, time.GetElapsedTime(begun).TotalMilliseconds);
        return init;
    }

    private Result<byte[]> Prepare(LaunchPlan plan, out uint firstUid)
    {
        firstUid = 0;
        var limits = Limits(plan.Limits);
        try
        {
            if (!records.Create(plan.Id).TryGet(out firstUid, out var fault)) return fault;
            if (!cgroups.Make(plan.Id, limits, apart: plan.Port > 0).TryGet(out var made, out fault)) return fault;
            GuestFolderOwner.Give(plan.GuestDirectory, firstUid);
            return LaunchMessage.For(plan, limits, made, firstUid, SeccompFilter.HostKernel, program.MountSpace);
        }
        catch (IOException failure)
        {
            return Failed($"The sandbox's run-time folder cannot be written: {failure.Message}", "Free space on the file system of the run-time directory.");
        }
    }

    /// <summary>Kills process 1 and waits: it ends after everything else in its pid namespace has.</summary>
    private async Task EndAsync(SandboxId id, RunningInit init, CancellationToken cancellation)
    {
        using var process = PidFds.Open(init.Pid);
        if (process is null || ProcessStat.Read(init.Pid)?.StartTicks != init.StartTicks) return;
        PidFds.Kill(process);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var timer = time.CreateTimer(_ => Expire(limit), null, options.Value.RemoveTimeLimit, Timeout.InfiniteTimeSpan);
        await ((Task)exits.WaitAsync(id, init, limit.Token)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellation.ThrowIfCancellationRequested();
    }

    /// <summary>The pid with the start time it had is that process and no other.</summary>
    private RunningInit? Inspect(SandboxId id) =>
        records.Read(id)?.Init is { } init && ProcessStat.Read(init.Pid) is { Dead: false } stat && stat.StartTicks == init.StartTicks ? init : null;

    private string? Lacking() =>
        !File.Exists(program.Path) ? $"The launcher is not at {program.Path}."
        : SeccompFilter.HostKernel is null ? "The launcher has no system call filter for this processor."
        : null;

    /// <summary>A process or thread inside is one outside.</summary>
    private static CgroupLimits Limits(SandboxLimits limits) => CgroupLimits.For(limits, processes => processes);

    private static Fault Failed(string detail, string? hint = null) => new(FaultCode.HostFailure, FaultSide.Host, FaultStage.Isolation, detail, hint);

    private static void Expire(CancellationTokenSource limit)
    {
        try
        {
            limit.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It ended in the same moment.
        }
    }

    [LoggerMessage(3110, LogLevel.Debug, "Sandbox {Id} started by the launcher as process {Pid} in {Milliseconds:0.0} ms")]
    private partial void LogStarted(SandboxId id, int pid, double milliseconds);

    [LoggerMessage(3111, LogLevel.Error, "Sandbox {Id} did not start, and something of it is left: {Detail}")]
    private partial void LogLeftBehind(SandboxId id, string detail);
}
