using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;
using Atoll.Machine.Isolation;
using Atoll.Machine.Native;
using Atoll.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Atoll.Machine.Tests.Isolation;

/// <summary>What every <see cref="ISandboxRuntime"/> must do: lives, ends, limits.</summary>
public abstract class SandboxRuntimeConformance(GuestKit kit) : IAsyncLifetime
{
    private Bench? _bench;

    private protected abstract IsolationKind Kind { get; }

    private protected virtual ContainerLauncher Launcher => ContainerLauncher.Builtin;

    private protected Bench Host => _bench ?? throw new InvalidOperationException("Not initialised.");

    private protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _bench = await Bench.CreateAsync(kit, Kind, Launcher);

    public async ValueTask DisposeAsync()
    {
        if (_bench is not null) await _bench.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Start_GoodPlan_IsInspectedListedAndRemovedWithoutTrace()
    {
        var plan = Host.Plan(await Host.MakeRootAsync("root"), "/bin/sleep", "100000");
        var init = await Host.StartAsync(plan);

        Assert.Equal(init, await Host.Runtime.InspectAsync(plan.Id, Cancellation));
        Assert.Equal([plan.Id], await Host.Runtime.ListAsync(Cancellation));
        Assert.Equal(init.StartTicks, ProcessStat.Read(init.Pid)?.StartTicks);

        Assert.True((await Host.Runtime.RemoveAsync(plan.Id, Cancellation)).Succeeded);
        Assert.True(ProcessStat.Read(init.Pid) is not { Dead: false } left || left.StartTicks != init.StartTicks);
        Assert.Null(await Host.Runtime.InspectAsync(plan.Id, Cancellation));
        Assert.Empty(await Host.Runtime.ListAsync(Cancellation));
        Assert.Empty(Host.TracesOf(plan.Id));
    }

    /// <summary>Nothing lies on the root: "..", and so every link that goes up (/etc/os-release does), would lead to that and not to the root.</summary>
    [Fact]
    public async Task Root_ReachedFromBelow_IsTheRoot() =>
        Assert.Equal("same\nfound\n1\n", await Host.RunAsync("cd /bin; [ .. -ef / ] && [ /.. -ef / ] && echo same; [ -x ../bin/busybox ] && echo found; awk '$5 == \"/\"' /proc/self/mountinfo | wc -l"));

    [Fact]
    public async Task Remove_TwiceOrNeverStarted_Succeeds()
    {
        var plan = Host.Plan(await Host.MakeRootAsync("root"), "/bin/sleep", "100000");
        await Host.StartAsync(plan);

        Assert.True((await Host.Runtime.RemoveAsync(plan.Id, Cancellation)).Succeeded);
        Assert.True((await Host.Runtime.RemoveAsync(plan.Id, Cancellation)).Succeeded);
        Assert.True((await Host.Runtime.RemoveAsync(SandboxId.New(), Cancellation)).Succeeded);
    }

    [Fact]
    public async Task Start_ProgramMissing_FaultAndNothingLeft()
    {
        var plan = Host.Plan(await Host.MakeRootAsync("root"), "/bin/no-such-program");
        var started = await Host.Runtime.StartAsync(plan, Cancellation);

        Assert.Equal(FaultStage.Isolation, started.Fault?.Stage);
        Assert.Contains("no-such-program", started.Fault?.Detail, StringComparison.Ordinal);
        Assert.Empty(Host.TracesOf(plan.Id));
        Assert.Empty(await Host.Runtime.ListAsync(Cancellation));
    }

    [Fact]
    public async Task Start_NetworkNamespaceMissing_FaultAndNothingLeft()
    {
        var plan = Host.Plan(await Host.MakeRootAsync("root"), "/bin/sleep", "100000") with { NetworkNamespace = "/run/netns/no-such-namespace" };
        var started = await Host.Runtime.StartAsync(plan, Cancellation);

        Assert.False(started.Succeeded);
        Assert.Empty(Host.TracesOf(plan.Id));
    }

    [Fact]
    public async Task Start_Cancelled_NothingLeft()
    {
        // Each a little later, from before the first step to after the last: how far a start gets by then depends on the host and the runtime.
        for (var delay = 0; delay <= 32; delay = delay == 0 ? 1 : delay * 2)
        {
            var plan = Host.Plan(await Host.MakeRootAsync($"root{delay}"), "/bin/sleep", "100000");
            using var hurry = new CancellationTokenSource(TimeSpan.FromMilliseconds(delay));
            if (await Record.ExceptionAsync(() => Host.StartAsync(plan, hurry.Token)) is { } failure) Assert.IsAssignableFrom<OperationCanceledException>(failure);
            else Assert.True((await Host.Runtime.RemoveAsync(plan.Id, Cancellation)).Succeeded);

            await Eventually.HoldsAsync($"nothing of the start cancelled after {delay} ms was left", () => Host.TracesOf(plan.Id).Count == 0, Cancellation);
        }
    }

    [Fact]
    public async Task Start_SameIdAgain_FaultAndTheFirstGoesOn()
    {
        var plan = Host.Plan(await Host.MakeRootAsync("root"), "/bin/sleep", "100000");
        var init = await Host.StartAsync(plan);

        Assert.False((await Host.Runtime.StartAsync(plan, Cancellation)).Succeeded);
        Assert.Equal(init, await Host.Runtime.InspectAsync(plan.Id, Cancellation));
    }

    [Fact]
    public async Task Inspect_AfterRestartOfTheServer_FindsAndWatchesIt()
    {
        var plan = Host.Plan(await Host.MakeRootAsync("root"), "/bin/sleep", "100000");
        var init = await Host.StartAsync(plan);

        // Nothing holds it to the process that started it: not its parent, not its session, not that one's cgroup.
        Assert.NotEqual(Environment.ProcessId, ProcessStat.Read(init.Pid)?.Parent);
        Assert.True(Host.Cgroups.Contains(plan.Id, init.Pid));

        await using var again = Host.Again();
        var runtime = again.GetRequiredKeyedService<ISandboxRuntime>(Kind);
        Assert.Equal([plan.Id], await runtime.ListAsync(Cancellation));
        Assert.Equal(init, await runtime.InspectAsync(plan.Id, Cancellation));
        var exit = again.GetRequiredService<Atoll.Machine.Isolation.Watching.IExitWatcher>().WaitAsync(plan.Id, init, Cancellation);
        Assert.False(exit.IsCompleted);
        Assert.True((await runtime.RemoveAsync(plan.Id, Cancellation)).Succeeded);
        await exit.WaitAsync(TimeSpan.FromSeconds(60), Cancellation);
    }

    [Fact]
    public async Task Exit_OfItself_IsReportedAndIsNotOutOfMemory()
    {
        var root = await Host.MakeRootAsync("root");
        // By its own clock: gVisor remembers that a file was not there, so one that the host makes later may never be seen inside.
        var plan = Host.Plan(root, "/bin/sh", "-c", "sleep 0.5; exit 7");
        var init = await Host.StartAsync(plan);
        var exit = Host.Exits.WaitAsync(plan.Id, init, Cancellation);

        var how = await exit.WaitAsync(TimeSpan.FromSeconds(60), Cancellation);
        Assert.False(how.OutOfMemory, how.Detail);
        Assert.Null(await Host.Runtime.InspectAsync(plan.Id, Cancellation));
        Assert.Equal([plan.Id], await Host.Runtime.ListAsync(Cancellation));
    }

    /// <summary>ENODATA, which `ls -l` takes for "none"; for any other it fails.</summary>
    [Fact]
    public async Task Attribute_OfAnyKindOfFile_IsNotThere() =>
        Assert.Equal("61\n61\n61\n61\n", await Host.RunAsync("cd /tmp; ln -s nowhere link; mkfifo fifo; for file in link fifo /bin/busybox /tmp; do /.atoll/probe attribute $file; done"));

    [Fact]
    public async Task Memory_Bomb_IsKilledAndReported()
    {
        var plan = Host.Plan(await Host.MakeRootAsync("root"), $"{LaunchPlan.GuestMountPoint}/probe", "bomb") with { Limits = new SandboxLimits(1, 128, 64, 64) };
        var init = await Host.StartAsync(plan);

        var how = await Host.Exits.WaitAsync(plan.Id, init, Cancellation).WaitAsync(TimeSpan.FromSeconds(60), Cancellation);
        Assert.True(how.OutOfMemory, how.Detail);
    }

    [Fact]
    public async Task Processes_Bomb_IsBoundedAndRemoved()
    {
        var plan = Host.Script(await Host.MakeRootAsync("root"), "/.atoll/probe forks") with { Limits = new SandboxLimits(1, 512, 64, 64) };
        await Host.StartAsync(plan);
        var bound = Kind is IsolationKind.GVisor ? 512 : 64;

        await Eventually.HoldsAsync(
            "the fork bomb had met its limit",
            async () => !(await Host.Runtime.MeasureAsync(plan.Id, Cancellation)).TryGet(out var usage, out _) || usage.Processes >= bound * 0.9
                || await Host.Runtime.InspectAsync(plan.Id, Cancellation) is null,
            Cancellation,
            TimeSpan.FromSeconds(60));
        Assert.True(!(await Host.Runtime.MeasureAsync(plan.Id, Cancellation)).TryGet(out var most, out _) || most.Processes <= bound);
        Assert.True((await Host.Runtime.RemoveAsync(plan.Id, Cancellation)).Succeeded);
        Assert.Empty(Host.TracesOf(plan.Id));
    }

    [Fact]
    public async Task Cpu_Spin_IsHeldToItsQuota()
    {
        var plan = Host.Plan(await Host.MakeRootAsync("root"), "/bin/sh", "-c", "while :; do :; done") with { Limits = new SandboxLimits(0.25, 256, 64, 64) };
        await Host.StartAsync(plan);
        var clock = System.Diagnostics.Stopwatch.StartNew();
        var before = (await Host.Runtime.MeasureAsync(plan.Id, Cancellation)).Value.CpuSeconds;

        await Eventually.HoldsAsync(
            "it had used half a second of CPU", async () => (await Host.Runtime.MeasureAsync(plan.Id, Cancellation)).Value.CpuSeconds - before > 0.5, Cancellation);
        var share = ((await Host.Runtime.MeasureAsync(plan.Id, Cancellation)).Value.CpuSeconds - before) / clock.Elapsed.TotalSeconds;
        Assert.InRange(share, 0, 0.35);
    }

    [Fact]
    public async Task IsAtWork_SpinningAndThenStill_IsSoAndThenNot()
    {
        var root = await Host.MakeRootAsync("root");
        var spinning = Host.Plan(root, "/bin/sh", "-c", "while :; do :; done") with { Limits = new SandboxLimits(0.02, 256, 64, 64) };
        await Host.StartAsync(spinning);
        var resting = Host.Plan(await Host.MakeRootAsync("other"), "/bin/sleep", "100000");
        await Host.StartAsync(resting);

        await Eventually.HoldsAsync("it spins", () => Task.FromResult(Host.Cgroups.IsAtWork(spinning.Id)), Cancellation);
        await Eventually.HoldsAsync("it rests", () => Task.FromResult(!Host.Cgroups.IsAtWork(resting.Id)), Cancellation);
        Assert.False(Host.Cgroups.IsAtWork(SandboxId.New()));
    }

    [Fact]
    public async Task ApplyLimits_Running_AreInForceBothWays()
    {
        var plan = Host.Plan(await Host.MakeRootAsync("root"), "/bin/sleep", "100000");
        await Host.StartAsync(plan);

        foreach (var memory in new[] { 512, 200, 300 })
        {
            var applied = await Host.Runtime.ApplyLimitsAsync(plan.Id, new SandboxLimits(0.5, memory, 64, 100), Cancellation);
            Assert.True(applied.Succeeded, applied.Fault?.ToString());
            Assert.Equal((memory + (Kind == IsolationKind.GVisor ? 256 : 0)) * 1024L * 1024L, LimitReader.Memory(Host.Cgroups.PathOf(plan.Id)));
        }

        Assert.Equal(FaultCode.SandboxNotRunning, (await Host.Runtime.ApplyLimitsAsync(SandboxId.New(), plan.Limits, Cancellation)).Fault?.Code);
        Assert.Equal(FaultCode.SandboxNotRunning, (await Host.Runtime.MeasureAsync(SandboxId.New(), Cancellation)).Fault?.Code);
    }

    [Fact]
    public async Task Measure_Running_CountsSomething()
    {
        var plan = Host.Plan(await Host.MakeRootAsync("root"), "/bin/sleep", "100000");
        await Host.StartAsync(plan);

        var usage = (await Host.Runtime.MeasureAsync(plan.Id, Cancellation)).Value;
        Assert.True(usage.CpuSeconds > 0);
        Assert.InRange(usage.MemoryBytes, 1, 256L * 1024 * 1024);
        Assert.InRange(usage.Processes, 1, 256);
        Assert.Equal(0, usage.OutOfMemoryKills);
    }
}
