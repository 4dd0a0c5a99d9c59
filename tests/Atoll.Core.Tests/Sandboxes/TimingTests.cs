using Atoll.Core.Sandboxes;
using Atoll.Core.Sandboxes.Timing;
using Atoll.Core.Tests.Fakes;
using Atoll.Testing;
using static Atoll.Core.Tests.Fakes.TestCore;

namespace Atoll.Core.Tests.Sandboxes;

public sealed class TimingTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Timeout_Reached_DeletedWithReason()
    {
        await using var core = await StartAsync();
        var sandbox = await core.CreateAsync(new() { TimeoutSeconds = 60 });
        var never = await core.CreateAsync(new() { TimeoutSeconds = 0 });

        await core.AdvanceUntilAsync("its time is up", TimeSpan.FromSeconds(10), () => !core.Machine.Live.Contains(sandbox.Id));

        await Eventually.HoldsAsync(
            "it says so", async () => (await core.GetAsync(sandbox.Id)) is { State: SandboxState.Deleted, Reason: EndReason.Timeout, ReasonDetail: not null }, Cancellation);
        Assert.True(core.Clock.GetUtcNow() >= sandbox.ExpiresAt);
        Assert.Null(never.ExpiresAt);
        Assert.Contains(never.Id, core.Machine.Live);
    }

    [Fact]
    public async Task Idle_UnusedAndQuiet_DeletedAfterIdleTime()
    {
        await using var core = await StartAsync();
        var sandbox = await core.CreateAsync(new() { IdleSeconds = 60, OnIdle = LifecycleAction.Delete });

        await core.AdvanceUntilAsync("it is idle", TimeSpan.FromSeconds(1), () => core.Machine.Live.Count == 0);

        await Eventually.HoldsAsync("it says so", async () => (await core.GetAsync(sandbox.Id)).Reason is EndReason.Idle, Cancellation);
        Assert.True(core.Clock.GetUtcNow() >= sandbox.CreatedAt.AddSeconds(60), "ended too early");
    }

    [Fact]
    public async Task Idle_UsedOrBusy_Stays()
    {
        await using var core = await StartAsync();
        var used = await core.CreateAsync(new() { IdleSeconds = 30, OnIdle = LifecycleAction.Delete, TimeoutSeconds = 0 });
        var busy = await core.CreateAsync(new() { IdleSeconds = 30, OnIdle = LifecycleAction.Delete, TimeoutSeconds = 0 });
        var idle = await core.CreateAsync(new() { IdleSeconds = 300, OnIdle = LifecycleAction.Delete, TimeoutSeconds = 0 });
        var start = core.Clock.GetUtcNow();
        core.Machine.CpuSeconds = id => id == busy.Id ? (core.Clock.GetUtcNow() - start).TotalSeconds / 2 : 0;

        using (Expect(core.Sandboxes.Use(Team, used.Id.Value)))
        {
            await core.AdvanceUntilAsync("the idle one ends", TimeSpan.FromSeconds(2), () => !core.Machine.Live.Contains(idle.Id));
            Assert.Contains(used.Id, core.Machine.Live);
        }

        Assert.Contains(busy.Id, core.Machine.Live);
        await core.AdvanceUntilAsync("the one no longer used ends", TimeSpan.FromSeconds(2), () => !core.Machine.Live.Contains(used.Id));
        Assert.Contains(busy.Id, core.Machine.Live);
    }

    [Fact]
    public async Task Idle_WithWorkToDoAndNoProcessorToDoItOn_Stays()
    {
        await using var core = await StartAsync();
        var starved = await core.CreateAsync(new() { IdleSeconds = 30, OnIdle = LifecycleAction.Delete, TimeoutSeconds = 0 });
        var rests = await core.CreateAsync(new() { IdleSeconds = 30, OnIdle = LifecycleAction.Delete, TimeoutSeconds = 0 });
        var idle = await core.CreateAsync(new() { IdleSeconds = 300, OnIdle = LifecycleAction.Delete, TimeoutSeconds = 0 });
        var looks = 0;
        core.Machine.AtWork = id => id == starved.Id || (id == rests.Id && Interlocked.Increment(ref looks) == 1);

        await core.AdvanceUntilAsync("the one ends that was at work at one look alone", TimeSpan.FromSeconds(2), () => !core.Machine.Live.Contains(rests.Id));
        await core.AdvanceUntilAsync("the idle one ends", TimeSpan.FromSeconds(2), () => !core.Machine.Live.Contains(idle.Id));
        Assert.Contains(starved.Id, core.Machine.Live);
        core.Machine.AtWork = _ => false;
        await core.AdvanceUntilAsync("it has done its work", TimeSpan.FromSeconds(2), () => core.Machine.Live.Count == 0);
    }

    [Fact]
    public async Task Timeout_PassedWhileServerWasDown_EnforcedAtStart()
    {
        await using var core = await StartAsync();
        var sandbox = await core.CreateAsync(new() { TimeoutSeconds = 60 });
        await core.StopHostAsync();
        Assert.Contains(sandbox.Id, core.Machine.Live);
        core.Clock.Advance(TimeSpan.FromHours(1));

        await core.StartHostAsync();

        await Eventually.HoldsAsync("it is deleted", async () => (await core.GetAsync(sandbox.Id)).Reason is EndReason.Timeout, Cancellation);
        Assert.Empty(core.Machine.Live);
    }

    [Fact]
    public async Task Timeout_WallClockSetAnHourForward_LastsAsLongAsItWasAskedFor()
    {
        await using var core = await StartAsync();
        var sandbox = await core.CreateAsync(new() { TimeoutSeconds = 600, IdleSeconds = 3000 });
        core.Time.Jump = TimeSpan.FromHours(1);

        await PassAsync(core, TimeSpan.FromSeconds(300));
        Assert.Contains(sandbox.Id, core.Machine.Live);
        var extended = Expect(await core.Sandboxes.ExtendAsync(Team, sandbox.Id.Value, 600, Cancellation));
        Assert.Equal(sandbox.ExpiresAt!.Value.AddSeconds(300), extended.ExpiresAt!.Value, TimeSpan.FromSeconds(60));
        var started = core.Clock.GetUtcNow();
        await core.AdvanceUntilAsync("its time is up", TimeSpan.FromSeconds(10), () => !core.Machine.Live.Contains(sandbox.Id));

        Assert.True(core.Clock.GetUtcNow() - started >= TimeSpan.FromSeconds(500), "ended too early");
        await Eventually.HoldsAsync("it says so", async () => (await core.GetAsync(sandbox.Id)).Reason is EndReason.Timeout, Cancellation);
    }

    [Fact]
    public async Task Timeout_WallClockSetAnHourBack_EndsAllTheSame()
    {
        await using var core = await StartAsync();
        var sandbox = await core.CreateAsync(new() { TimeoutSeconds = 600 });
        core.Time.Jump = TimeSpan.FromHours(-1);
        var started = core.Clock.GetUtcNow();

        await core.AdvanceUntilAsync("its time is up", TimeSpan.FromSeconds(10), () => !core.Machine.Live.Contains(sandbox.Id));

        Assert.True(core.Clock.GetUtcNow() >= started.AddSeconds(600), "ended too early");
        await Eventually.HoldsAsync("it says so", async () => (await core.GetAsync(sandbox.Id)).Reason is EndReason.Timeout, Cancellation);
    }

    [Fact]
    public async Task Timeout_AnHourWhileTheServerIsDownAndTheClockJumps_GoesByTheWallClock()
    {
        await using var core = await StartAsync();
        var sandbox = await core.CreateAsync(new() { TimeoutSeconds = 600 });
        await core.StopHostAsync();
        core.Time.Jump = TimeSpan.FromHours(1);

        await core.StartHostAsync();

        await Eventually.HoldsAsync("it is deleted", async () => (await core.GetAsync(sandbox.Id)).Reason is EndReason.Timeout, Cancellation);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.NegativeInfinity)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(2147483648d)]
    public async Task Timeout_OutOfRange_RefusedByName(double seconds)
    {
        await using var core = await StartAsync();
        Assert.True(ExpectFault(await core.Sandboxes.CreateAsync(Team, new() { TimeoutSeconds = seconds }, null, true, Cancellation), Faults.FaultCode.InvalidRequest).Fields.Count == 1);
        var sandbox = await core.CreateAsync(new() { TimeoutSeconds = int.MaxValue });
        Assert.Equal(sandbox.StartedAt!.Value.AddSeconds(int.MaxValue), sandbox.ExpiresAt);
        ExpectFault(await core.Sandboxes.ExtendAsync(Team, sandbox.Id.Value, seconds, Cancellation), Faults.FaultCode.InvalidRequest);
    }

    private static async Task PassAsync(TestCore core, TimeSpan time)
    {
        var until = core.Clock.GetUtcNow() + time;
        await core.AdvanceUntilAsync("time has passed", TimeSpan.FromSeconds(10), () => core.Clock.GetUtcNow() >= until);
    }

    [Fact]
    public void DueQueue_SetAgainAndTaken_OnlyTheNewestTimeCounts()
    {
        DueQueue queue = new();
        var (a, b, now) = (SandboxId.New(), SandboxId.New(), DateTimeOffset.UnixEpoch);

        Assert.True(queue.Set(a, now.AddSeconds(10)));
        Assert.False(queue.Set(b, now.AddSeconds(20)));
        Assert.True(queue.Set(b, now.AddSeconds(5)));
        queue.Set(a, null);

        Assert.Equal([b], queue.TakeDue(now.AddSeconds(30)));
        Assert.Empty(queue.TakeDue(now.AddSeconds(30)));
        for (var i = 0; i < 10_000; i++) queue.Set(a, now.AddSeconds(i));
        Assert.Equal([a], queue.TakeDue(now.AddDays(1)));
    }
}
