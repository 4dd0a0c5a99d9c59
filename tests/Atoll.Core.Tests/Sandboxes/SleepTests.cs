using System.Collections.Immutable;
using Atoll.Core.Events;
using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;
using Atoll.Core.Sandboxes.Capacity;
using Atoll.Core.Tests.Fakes;
using Atoll.Testing;
using Microsoft.Extensions.DependencyInjection;
using static Atoll.Core.Tests.Fakes.TestCore;

namespace Atoll.Core.Tests.Sandboxes;

public abstract class SleepTests : StoreSuite
{
    private static readonly Fault Broken = new(FaultCode.HostFailure, FaultSide.Host, FaultStage.Isolation, "Broken.");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(LifecycleAction.Pause, SandboxState.Paused, EventTypes.Paused, EventTypes.Resumed)]
    [InlineData(LifecycleAction.Suspend, SandboxState.Suspended, EventTypes.Suspended, EventTypes.Woken)]
    [InlineData(LifecycleAction.Stop, SandboxState.Stopped, EventTypes.Stopped, EventTypes.Started)]
    public async Task SleepAndWake_EachWay_TimeStandsStillAndEventsSayFromWhereToWhere(LifecycleAction how, SandboxState state, string slept, string woke)
    {
        await using var core = await StartAsync();
        var sandbox = await core.CreateAsync(new() { TimeoutSeconds = 600 });
        core.Clock.Advance(TimeSpan.FromSeconds(100));

        var asleep = Expect(await core.Sandboxes.SleepAsync(Team, sandbox.Id.Value, how, Cancellation));
        Assert.Equal((state, null, null), (asleep.State, asleep.Reason, asleep.ExpiresAt));
        Assert.Equal(how is LifecycleAction.Pause, core.Machine.Live.Contains(sandbox.Id));
        Assert.Equal(how is LifecycleAction.Suspend, core.Machine.WithMemory.Count == 1);
        Assert.Equal(asleep, Expect(await core.Sandboxes.SleepAsync(Team, sandbox.Id.Value, how, Cancellation)));
        Assert.Equal(state, Assert.Single(Expect(await core.Sandboxes.ListAsync(Team, new([state], null, ImmutableDictionary<string, string>.Empty, 10, null), Cancellation)).Items).State);
        await core.StopHostAsync();
        core.Clock.Advance(TimeSpan.FromHours(5));
        await core.StartHostAsync();
        Assert.Equal(state, (await core.GetAsync(sandbox.Id)).State);

        var awake = Expect(await core.Sandboxes.WakeAsync(Team, sandbox.Id.Value, Cancellation));
        Assert.Equal(SandboxState.Running, awake.State);
        Assert.Equal(core.Clock.GetUtcNow().AddSeconds(500), awake.ExpiresAt!.Value, TimeSpan.FromSeconds(5));
        Assert.Equal((0, 0, 0), (core.Machine.Paused.Count, core.Machine.AtRest.Count, core.Machine.WithMemory.Count));
        Expect(core.Sandboxes.Use(Team, sandbox.Id.Value)).Dispose();
        var events = (await core.EventsAsync(sandbox.Id)).TakeLast(2);
        Assert.Equal([(slept, SandboxState.Running, state), (woke, state, SandboxState.Running)], events.Select(x => (x.Type, x.From!.Value, x.To)));
        Expect(await core.Sandboxes.DeleteAsync(Team, sandbox.Id.Value, Cancellation));
    }

    [Fact]
    public async Task Stop_GivesBackMemoryAndProcessor_AndStartTakesThemOrIsRefused()
    {
        await using var core = await StartAsync(sandboxes: options => options.MaxLiving = 1);
        var sandbox = await core.CreateAsync();
        var ledger = core.Services.GetRequiredService<TeamLedger>();
        Assert.Equal(sandbox.Spec.Limits.MemoryMiB, ledger.UseOf(Team).MemoryMiB);

        Expect(await core.Sandboxes.SleepAsync(Team, sandbox.Id.Value, LifecycleAction.Stop, Cancellation));
        var use = ledger.UseOf(Team);
        Assert.Equal((1, 0d, 0L, (long)sandbox.Spec.Limits.DiskMiB), (use.Sandboxes, use.Cpu, use.MemoryMiB, use.DiskMiB));
        var other = await core.CreateAsync();
        ExpectFault(await core.Sandboxes.WakeAsync(Team, sandbox.Id.Value, Cancellation), FaultCode.CapacityExhausted);
        Assert.Equal(SandboxState.Stopped, (await core.GetAsync(sandbox.Id)).State);
        Expect(await core.Sandboxes.DeleteAsync(Team, other.Id.Value, Cancellation));
        Expect(await core.Sandboxes.WakeAsync(Team, sandbox.Id.Value, Cancellation));
        Assert.Equal(sandbox.Spec.Limits.MemoryMiB, ledger.UseOf(Team).MemoryMiB);
    }

    [Theory]
    [InlineData(LifecycleAction.Pause)]
    [InlineData(LifecycleAction.Suspend)]
    [InlineData(LifecycleAction.Stop)]
    public async Task Use_OfOneAsleep_WakesItOnceHoweverManyCome(LifecycleAction how)
    {
        await using var core = await StartAsync();
        var sandbox = await core.CreateAsync();
        Expect(await core.Sandboxes.SleepAsync(Team, sandbox.Id.Value, how, Cancellation));
        core.Machine.Calls.Clear();

        var used = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => core.Sandboxes.UseAsync(Team, sandbox.Id.Value, WakeCauses.Api, Cancellation).AsTask()));

        foreach (var one in used) Expect(one).Dispose();
        Assert.Single(core.Machine.Calls, call => call.StartsWith("wake", StringComparison.Ordinal) || call.StartsWith("resume", StringComparison.Ordinal));
        Assert.Equal(SandboxState.Running, (await core.GetAsync(sandbox.Id)).State);
    }

    [Fact]
    public async Task Use_OfOneThatOtherCausesWake_IsRefusedByItsState()
    {
        await using var core = await StartAsync();
        var sandbox = await core.CreateAsync(new() { WakeOn = WakeCauses.Http });
        foreach (var (how, code) in new[] { (LifecycleAction.Pause, FaultCode.SandboxPaused), (LifecycleAction.Suspend, FaultCode.SandboxSuspended), (LifecycleAction.Stop, FaultCode.SandboxStopped) })
        {
            Expect(await core.Sandboxes.SleepAsync(Team, sandbox.Id.Value, how, Cancellation));
            ExpectFault(await core.Sandboxes.UseAsync(Team, sandbox.Id.Value, WakeCauses.Api, Cancellation), code);
            ExpectFault(core.Sandboxes.Use(Team, sandbox.Id.Value), code);
            Expect(await core.Sandboxes.UsageAsync(Team, sandbox.Id.Value, null, null, Cancellation));
            Assert.NotEqual(SandboxState.Running, (await core.GetAsync(sandbox.Id)).State);
        }

        Expect(await core.Sandboxes.UseAsync(Team, sandbox.Id.Value, WakeCauses.Http, Cancellation)).Dispose();
        Assert.Equal(SandboxState.Running, (await core.GetAsync(sandbox.Id)).State);
    }

    [Fact]
    public async Task Use_OfOneThatWakesForLong_WaitsForSoLongAndItWakesAllTheSame()
    {
        await using var core = await StartAsync(sandboxes: options => options.WakeWaitSeconds = 5);
        var sandbox = await core.CreateAsync();
        Expect(await core.Sandboxes.SleepAsync(Team, sandbox.Id.Value, LifecycleAction.Stop, Cancellation));
        TaskCompletionSource go = new(TaskCreationOptions.RunContinuationsAsynchronously);
        core.Machine.OnWake = async _ =>
        {
            await go.Task;
            return null;
        };
        var use = core.Sandboxes.UseAsync(Team, sandbox.Id.Value, WakeCauses.Api, Cancellation).AsTask();
        await core.AdvanceUntilAsync("the call gives up", TimeSpan.FromSeconds(1), () => use.IsCompleted);
        ExpectFault(await use, FaultCode.Timeout);

        go.SetResult();
        await Eventually.HoldsAsync("it runs", async () => (await core.GetAsync(sandbox.Id)).State is SandboxState.Running, Cancellation);
    }

    [Fact]
    public async Task Stop_StreamsAreToldAndCallsThatComeMeanwhileWakeIt()
    {
        await using var core = await StartAsync();
        var sandbox = await core.CreateAsync();
        using var stream = Expect(core.Sandboxes.Use(Team, sandbox.Id.Value));
        TaskCompletionSource resting = new(TaskCreationOptions.RunContinuationsAsynchronously), go = new(TaskCreationOptions.RunContinuationsAsynchronously);
        core.Machine.OnRest = async _ =>
        {
            resting.SetResult();
            await go.Task;
            return null;
        };
        var stop = core.Sandboxes.SleepAsync(Team, sandbox.Id.Value, LifecycleAction.Stop, Cancellation);
        await resting.Task.WaitAsync(Cancellation);
        Assert.True(stream.Ended.IsCancellationRequested);
        var use = core.Sandboxes.UseAsync(Team, sandbox.Id.Value, WakeCauses.Api, Cancellation).AsTask();
        Assert.False(use.IsCompleted);

        go.SetResult();
        Expect(await stop);
        using var used = Expect(await use);
        Assert.False(used.Ended.IsCancellationRequested);
    }

    [Fact]
    public async Task Sleep_Steps_OnlyThoseThatMakeSense()
    {
        await using var core = await StartAsync();
        var sandbox = await core.CreateAsync();
        Expect(await core.Sandboxes.SleepAsync(Team, sandbox.Id.Value, LifecycleAction.Pause, Cancellation));
        Assert.Equal(SandboxState.Suspended, Expect(await core.Sandboxes.SleepAsync(Team, sandbox.Id.Value, LifecycleAction.Suspend, Cancellation)).State);
        Assert.NotNull((await core.GetAsync(sandbox.Id)).Memory);
        ExpectFault(await core.Sandboxes.SleepAsync(Team, sandbox.Id.Value, LifecycleAction.Pause, Cancellation), FaultCode.SandboxSuspended);
        var stopped = Expect(await core.Sandboxes.SleepAsync(Team, sandbox.Id.Value, LifecycleAction.Stop, Cancellation));
        Assert.Equal((SandboxState.Stopped, null), (stopped.State, stopped.Memory));
        Assert.Empty(core.Machine.WithMemory);
        ExpectFault(await core.Sandboxes.SleepAsync(Team, sandbox.Id.Value, LifecycleAction.Suspend, Cancellation), FaultCode.SandboxStopped);
        var checkpoint = Expect(await core.Checkpoints.CreateAsync(Team, sandbox.Id.Value, new(), Cancellation));
        ExpectFault(await core.Checkpoints.RestoreAsync(Team, sandbox.Id.Value, checkpoint.Id.Value, Cancellation), FaultCode.SandboxStopped);
        Expect(await core.Sandboxes.DeleteAsync(Team, sandbox.Id.Value, Cancellation));
        var other = await core.CreateAsync();
        var memory = Expect(await core.Sandboxes.SleepAsync(Team, other.Id.Value, LifecycleAction.Suspend, Cancellation)).Memory;
        Expect(await core.Sandboxes.DeleteAsync(Team, other.Id.Value, Cancellation));
        Assert.Equal((0, 0), (core.Machine.AtRest.Count, core.Machine.WithMemory.Count));
        Assert.Contains($"forget {memory}", core.Machine.Calls);
        ExpectFault(await core.Sandboxes.WakeAsync(Team, sandbox.Id.Value, Cancellation), FaultCode.SandboxEnded);
    }

    [Fact]
    public async Task Update_AndExtendWhileAsleep_HoldFromTheWakeOn()
    {
        await using var core = await StartAsync();
        var sandbox = await core.CreateAsync(new() { TimeoutSeconds = 100, Cpu = 1 });
        Expect(await core.Sandboxes.SleepAsync(Team, sandbox.Id.Value, LifecycleAction.Stop, Cancellation));
        var changed = Expect(await core.Sandboxes.UpdateAsync(Team, sandbox.Id.Value, new() { Name = "web", Cpu = 2, TimeoutSeconds = 50 }, Cancellation));
        Assert.Equal(("web", 2d, null), (changed.Spec.Name, changed.Spec.Limits.Cpu, changed.ExpiresAt));
        Assert.Null(Expect(await core.Sandboxes.ExtendAsync(Team, "web", 10, Cancellation)).TimeLeft);
        Assert.Equal(TimeSpan.FromSeconds(80), Expect(await core.Sandboxes.ExtendAsync(Team, "web", 80, Cancellation)).TimeLeft);

        var awake = Expect(await core.Sandboxes.WakeAsync(Team, "web", Cancellation));
        Assert.Equal(core.Clock.GetUtcNow().AddSeconds(80), awake.ExpiresAt!.Value, TimeSpan.FromSeconds(2));
        Assert.Equal(2d, core.Services.GetRequiredService<TeamLedger>().UseOf(Team).Cpu);
    }

    [Fact]
    public async Task Wake_ThatFails_LeavesItAsItWas()
    {
        await using var core = await StartAsync();
        var sandbox = await core.CreateAsync();
        Expect(await core.Sandboxes.SleepAsync(Team, sandbox.Id.Value, LifecycleAction.Suspend, Cancellation));
        core.Machine.OnWake = _ => Task.FromResult<Fault?>(Broken);

        ExpectFault(await core.Sandboxes.WakeAsync(Team, sandbox.Id.Value, Cancellation), FaultCode.HostFailure);

        Assert.Equal((SandboxState.Suspended, true), ((await core.GetAsync(sandbox.Id)).State, core.Machine.WithMemory.Count == 1));
        Assert.Contains($"rewind {sandbox.Id}", core.Machine.Calls);
        Assert.Equal(0, core.Services.GetRequiredService<TeamLedger>().UseOf(Team).MemoryMiB);
        core.Machine.OnWake = _ => Task.FromResult<Fault?>(null);
        Expect(await core.Sandboxes.WakeAsync(Team, sandbox.Id.Value, Cancellation));
    }

    [Fact]
    public async Task Suspend_ThatFails_GoesOnAsBefore()
    {
        await using var core = await StartAsync();
        var sandbox = await core.CreateAsync();
        core.Machine.OnSaveMemory = _ => Task.FromResult<Fault?>(Broken);

        ExpectFault(await core.Sandboxes.SleepAsync(Team, sandbox.Id.Value, LifecycleAction.Suspend, Cancellation), FaultCode.HostFailure);

        Expect(core.Sandboxes.Use(Team, sandbox.Id.Value)).Dispose();
        Assert.Equal(sandbox.Spec.Limits.MemoryMiB, core.Services.GetRequiredService<TeamLedger>().UseOf(Team).MemoryMiB);
        Expect(await core.Sandboxes.SleepAsync(Team, sandbox.Id.Value, LifecycleAction.Pause, Cancellation));
        ExpectFault(await core.Sandboxes.SleepAsync(Team, sandbox.Id.Value, LifecycleAction.Suspend, Cancellation), FaultCode.HostFailure);
        Assert.Equal((SandboxState.Paused, true), ((await core.GetAsync(sandbox.Id)).State, core.Machine.Paused.Contains(sandbox.Id)));
    }

    [Fact]
    public async Task Suspend_WhereMemoryCannotBeSaved_IsRefusedByFieldAndByCall()
    {
        await using var core = await StartAsync();
        core.Machine.Description = core.Machine.Description with { Isolation = [new(IsolationKind.GVisor, "runsc test", null) { MemoryMissing = "it is too old." }] };
        foreach (var request in (SandboxRequest[])[new() { OnTimeout = LifecycleAction.Suspend }, new() { OnIdle = LifecycleAction.Suspend, IdleSeconds = 5 }])
        {
            var fault = ExpectFault(await core.Sandboxes.CreateAsync(Team, request, null, true, Cancellation), FaultCode.NotSupported);
            Assert.Equal(request.OnIdle is null ? "lifecycle.onTimeout" : "lifecycle.onIdle", Assert.Single(fault.Fields.Keys));
        }

        var sandbox = await core.CreateAsync(new() { OnIdle = LifecycleAction.Suspend });
        Assert.Contains("stop", ExpectFault(await core.Sandboxes.SleepAsync(Team, sandbox.Id.Value, LifecycleAction.Suspend, Cancellation), FaultCode.NotSupported).Hint, StringComparison.Ordinal);
        ExpectFault(await core.Sandboxes.UpdateAsync(Team, sandbox.Id.Value, new() { IdleSeconds = 5 }, Cancellation), FaultCode.NotSupported);
        Expect(await core.Sandboxes.UpdateAsync(Team, sandbox.Id.Value, new() { IdleSeconds = 5, OnIdle = LifecycleAction.Stop }, Cancellation));
        Assert.Equal(LifecycleAction.Stop, (await core.CreateAsync(new() { IdleSeconds = 5 })).Spec.Lifecycle.OnIdle);
    }

    [Theory]
    [InlineData(LifecycleAction.Pause, SandboxState.Paused)]
    [InlineData(LifecycleAction.Suspend, SandboxState.Suspended)]
    [InlineData(LifecycleAction.Stop, SandboxState.Stopped)]
    public async Task TimeoutAndIdleness_WithAnAction_PutItToSleepAndAWakeGivesAllItsTimeAgain(LifecycleAction how, SandboxState state)
    {
        await using var core = await StartAsync();
        var timed = await core.CreateAsync(new() { TimeoutSeconds = 60, OnTimeout = how });
        var idle = await core.CreateAsync(new() { TimeoutSeconds = 0, IdleSeconds = 30, OnIdle = how });

        var (one, other) = (timed, idle);
        await Eventually.HoldsAsync(
            "both are asleep",
            async () =>
            {
                core.Clock.Advance(TimeSpan.FromSeconds(2));
                (one, other) = (await core.GetAsync(timed.Id), await core.GetAsync(idle.Id));
                return one.State == state && other.State == state;
            },
            Cancellation);

        Assert.Equal((EndReason.Timeout, EndReason.Idle), (one.Reason, other.Reason));
        Assert.Equal(EndReason.Idle, (await core.EventsAsync(idle.Id))[^1].Reason);
        var awake = Expect(await core.Sandboxes.WakeAsync(Team, timed.Id.Value, Cancellation));
        Assert.Null(awake.Reason);
        Assert.Equal(core.Clock.GetUtcNow().AddSeconds(60), awake.ExpiresAt!.Value, TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task Lease_WhileItHolds_IdlenessDoesNothingAlsoAfterARestart()
    {
        await using var core = await StartAsync();
        var kept = await core.CreateAsync(new() { TimeoutSeconds = 0, IdleSeconds = 20, OnIdle = LifecycleAction.Delete });
        var other = await core.CreateAsync(new() { TimeoutSeconds = 0, IdleSeconds = 200, OnIdle = LifecycleAction.Delete });
        var lease = Expect(await core.Leases.TakeAsync(Team, kept.Id.Value, 3600, "build", Cancellation));
        var second = Expect(await core.Leases.TakeAsync(Team, kept.Id.Value, 1800, null, Cancellation));
        Assert.Equal(("build", core.Clock.GetUtcNow().AddHours(1)), (lease.Name, lease.Until));
        Assert.Equal([lease, second], Expect(await core.Leases.ListAsync(Team, kept.Id.Value, Cancellation)));

        await core.AdvanceUntilAsync("the other is idle", TimeSpan.FromSeconds(5), () => !core.Machine.Live.Contains(other.Id));
        Assert.Contains(kept.Id, core.Machine.Live);
        await core.StopHostAsync();
        await core.StartHostAsync();
        Assert.Equal(2, Expect(await core.Leases.ListAsync(Team, kept.Id.Value, Cancellation)).Count);
        Expect(await core.Leases.GiveBackAsync(Team, kept.Id.Value, lease.Id, Cancellation));
        ExpectFault(await core.Leases.GiveBackAsync(Team, kept.Id.Value, lease.Id, Cancellation), FaultCode.LeaseNotFound);
        await core.AdvanceUntilAsync("the last lease has run out", TimeSpan.FromSeconds(20), () => core.Machine.Live.Count == 0);
        Assert.True(core.Clock.GetUtcNow() >= second.Until, "ended too early");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(86401)]
    [InlineData(double.NaN)]
    public async Task Lease_OutOfRange_RefusedByName(double seconds)
    {
        await using var core = await StartAsync(sandboxes: options => options.MostLeases = 1);
        var sandbox = await core.CreateAsync();
        Assert.Equal(["name", "seconds"], ExpectFault(await core.Leases.TakeAsync(Team, sandbox.Id.Value, seconds, "", Cancellation), FaultCode.InvalidRequest).Fields.Keys.Order());
        Expect(await core.Leases.TakeAsync(Team, sandbox.Id.Value, 86400, null, Cancellation));
        ExpectFault(await core.Leases.TakeAsync(Team, sandbox.Id.Value, 60, null, Cancellation), FaultCode.TooMany);
        ExpectFault(await core.Leases.ListAsync(OtherTeam, sandbox.Id.Value, Cancellation), FaultCode.SandboxNotFound);
    }

    [Fact]
    public async Task Exit_NewsOfItAfterAStop_DoesNotEndIt()
    {
        await using var core = await StartAsync();
        var sandbox = await core.CreateAsync();
        Expect(await core.Sandboxes.SleepAsync(Team, sandbox.Id.Value, LifecycleAction.Stop, Cancellation));
        var other = await core.CreateAsync();

        core.Machine.Exit(sandbox.Id, EndReason.AgentDied);
        core.Machine.Exit(other.Id, EndReason.AgentDied);

        await Eventually.HoldsAsync("the other is stopped by it", async () => (await core.GetAsync(other.Id)).Reason is EndReason.AgentDied, Cancellation);
        Assert.Equal((SandboxState.Stopped, null), ((await core.GetAsync(sandbox.Id)).State, (await core.GetAsync(sandbox.Id)).Reason));
    }

    [Fact]
    public async Task HostRestart_ThoseAtRestAreThereAndThePausedAreStopped()
    {
        await using var core = await StartAsync();
        var (stopped, suspended, paused) = (await core.CreateAsync(), await core.CreateAsync(), await core.CreateAsync());
        foreach (var (sandbox, how) in new[] { (stopped, LifecycleAction.Stop), (suspended, LifecycleAction.Suspend), (paused, LifecycleAction.Pause) })
        {
            Expect(await core.Sandboxes.SleepAsync(Team, sandbox.Id.Value, how, Cancellation));
        }

        await core.StopHostAsync();
        core.Machine.Lose(paused.Id);
        await core.StartHostAsync();

        Assert.Equal((SandboxState.Stopped, SandboxState.Suspended), ((await core.GetAsync(stopped.Id)).State, (await core.GetAsync(suspended.Id)).State));
        Assert.Equal((SandboxState.Stopped, EndReason.HostRestart), ((await core.GetAsync(paused.Id)).State, (await core.GetAsync(paused.Id)).Reason));
        Assert.Equal(0, core.Services.GetRequiredService<TeamLedger>().UseOf(Team).MemoryMiB);
        Expect(await core.Sandboxes.WakeAsync(Team, suspended.Id.Value, Cancellation));
        Expect(await core.Sandboxes.WakeAsync(Team, stopped.Id.Value, Cancellation));
    }
}
