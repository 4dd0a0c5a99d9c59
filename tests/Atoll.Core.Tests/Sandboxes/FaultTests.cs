using Atoll.Core.Events;
using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;
using Atoll.Core.Sandboxes.Capacity;
using Atoll.Core.Tests.Fakes;
using Atoll.Testing;
using Microsoft.Extensions.DependencyInjection;
using static Atoll.Core.Tests.Fakes.TestCore;

namespace Atoll.Core.Tests.Sandboxes;

/// <summary>What stops a sandbox though nobody asked for it costs its processes, and nothing else.</summary>
public sealed class FaultTests
{
    private static readonly Fault Busy = new(FaultCode.HostFailure, FaultSide.Host, FaultStage.Isolation, "Busy.");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(EndReason.OutOfMemory, null)]
    [InlineData(EndReason.AgentDied, null)]
    [InlineData(EndReason.OutOfMemory, LifecycleAction.Pause)]
    public async Task Exit_AwakeOrPaused_IsStoppedWithItsReasonAndEverythingOfAStoppedOneWorks(EndReason reason, LifecycleAction? before)
    {
        await using var core = await StartAsync();
        var sandbox = await core.CreateAsync(new() { Name = "web", DiskMiB = 100, TimeoutSeconds = 600 });
        if (before is { } how) Expect(await core.Sandboxes.SleepAsync(Team, "web", how, Cancellation));

        core.Machine.Exit(sandbox.Id, reason);
        var stopped = await StoppedAsync(core, sandbox.Id);

        Assert.Equal((reason, "exit status 137", core.Clock.GetUtcNow().AddDays(1)), (stopped.Reason, stopped.ReasonDetail, stopped.KeptUntil));
        var told = (await core.EventsAsync(sandbox.Id))[^1];
        Assert.Equal((EventTypes.Stopped, reason, "exit status 137"), (told.Type, told.Reason, told.Detail));
        Assert.Equal((0, 1), (core.Machine.Live.Count, core.Machine.AtRest.Count));
        Assert.Equal((1, 0L, 100L), core.Services.GetRequiredService<TeamLedger>().UseOf(Team) is var use ? (use.Sandboxes, use.MemoryMiB, use.DiskMiB) : default);

        // What did it may do it again: no call wakes it, and each says why.
        foreach (var cause in (WakeCauses[])[WakeCauses.Api, WakeCauses.Http])
            Assert.Contains("137", ExpectFault(await core.Sandboxes.UseAsync(Team, "web", cause, Cancellation), FaultCode.SandboxStopped).Detail, StringComparison.Ordinal);

        Expect(await core.Checkpoints.CreateAsync(Team, "web", new(), Cancellation));
        Expect(await core.Sandboxes.ArchiveAsync(Team, "web", Cancellation));
        Assert.Null((await core.GetAsync(sandbox.Id)).KeptUntil);
        var running = Expect(await core.Sandboxes.WakeAsync(Team, "web", Cancellation));
        Assert.Equal((SandboxState.Running, null, null, null), (running.State, running.Reason, running.ReasonDetail, running.KeptUntil));
        Expect(core.Sandboxes.Use(Team, "web")).Dispose();
        await core.AdvanceUntilAsync("its time is up, as it was", TimeSpan.FromSeconds(30), () => core.Machine.Live.Count == 0);
        Assert.True(core.Clock.GetUtcNow() < stopped.KeptUntil);
    }

    [Fact]
    public async Task HostRestart_ACallWakesIt()
    {
        await using var core = await StartAsync();
        var sandbox = await core.CreateAsync(new() { TimeoutSeconds = 60 });
        await core.StopHostAsync();
        core.Machine.Lose(sandbox.Id);
        core.Clock.Advance(TimeSpan.FromHours(1));
        await core.StartHostAsync();
        Assert.Equal((SandboxState.Stopped, EndReason.HostRestart), ((await core.GetAsync(sandbox.Id)).State, (await core.GetAsync(sandbox.Id)).Reason));

        // Its time was up while nothing ran: it has all of it again.
        Expect(await core.Sandboxes.UseAsync(Team, sandbox.Id.Value, WakeCauses.Api, Cancellation)).Dispose();
        Assert.Equal(core.Clock.GetUtcNow().AddSeconds(60), (await core.GetAsync(sandbox.Id)).ExpiresAt!.Value, TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task DiskGone_WhenTheServerComesBack_HasFailed()
    {
        await using var core = await StartAsync();
        var sandbox = await core.CreateAsync();
        await core.StopHostAsync();
        core.Machine.LoseDisk(sandbox.Id);
        await core.StartHostAsync();
        Assert.Equal((SandboxState.Failed, EndReason.HostRestart), ((await core.GetAsync(sandbox.Id)).State, (await core.GetAsync(sandbox.Id)).Reason));
        ExpectFault(core.Sandboxes.Use(Team, sandbox.Id.Value), FaultCode.SandboxEnded);
    }

    [Theory]
    [InlineData(600)]
    [InlineData(0)]
    public async Task Unclaimed_ForAsLongAsItIsKept_IsDeletedAndSaysWhy(double kept)
    {
        await using var core = await StartAsync(sandboxes: options => options.KeepFaultedSeconds = kept);
        var (unwanted, wanted) = (await core.CreateAsync(new() { TimeoutSeconds = 0 }), await core.CreateAsync(new() { TimeoutSeconds = 0 }));
        foreach (var one in (Sandbox[])[unwanted, wanted]) core.Machine.Exit(one.Id, EndReason.AgentDied);
        await StoppedAsync(core, unwanted.Id);
        await StoppedAsync(core, wanted.Id);
        Expect(await core.Sandboxes.WakeAsync(Team, wanted.Id.Value, Cancellation));

        // Over a restart of the server, too.
        await core.StopHostAsync();
        await core.StartHostAsync();
        core.Clock.Advance(TimeSpan.FromSeconds(500));
        Assert.Equal(SandboxState.Stopped, (await core.GetAsync(unwanted.Id)).State);
        if (kept > 0)
        {
            await core.AdvanceUntilAsync("it is deleted", TimeSpan.FromSeconds(10), () => core.Machine.AtRest.Count == 0);
            await Eventually.HoldsAsync("it says so", async () => (await core.GetAsync(unwanted.Id)) is { State: SandboxState.Deleted, Reason: EndReason.Unclaimed }, Cancellation);
            Assert.Contains("AgentDied", (await core.GetAsync(unwanted.Id)).ReasonDetail, StringComparison.Ordinal);
        }
        else
        {
            Assert.Null((await core.GetAsync(unwanted.Id)).KeptUntil);
        }

        Assert.Equal(SandboxState.Running, (await core.GetAsync(wanted.Id)).State);
    }

    [Fact]
    public async Task Exit_ThatCannotBeTidied_IsRefusedAndSettledWithItsReasonByTheNextServer()
    {
        await using var core = await StartAsync();
        var sandbox = await core.CreateAsync();
        core.Machine.OnRest = _ => Task.FromResult<Fault?>(Busy);
        core.Machine.Exit(sandbox.Id, EndReason.OutOfMemory);
        await Eventually.HoldsAsync("it was tried", () => core.Machine.Calls.Contains($"rest {sandbox.Id}"), Cancellation);
        ExpectFault(core.Sandboxes.Use(Team, sandbox.Id.Value), FaultCode.SandboxStopped);
        ExpectFault(await core.Sandboxes.UpdateAsync(Team, sandbox.Id.Value, new() { Name = "x" }, Cancellation), FaultCode.HostFailure);
        await core.StopHostAsync();
        core.Machine.Lose(sandbox.Id);
        core.Machine.OnRest = _ => Task.FromResult<Fault?>(null);

        await core.StartHostAsync();

        Assert.Equal((SandboxState.Stopped, EndReason.OutOfMemory), ((await core.GetAsync(sandbox.Id)).State, (await core.GetAsync(sandbox.Id)).Reason));
        Expect(await core.Sandboxes.WakeAsync(Team, sandbox.Id.Value, Cancellation));
    }

    [Theory]
    [InlineData(59)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    public void KeepFaultedSeconds_OutOfRange_IsRefused(double seconds) =>
        Assert.Contains("KeepFaultedSeconds", new SandboxOptionsValidator().Validate(null, new() { KeepFaultedSeconds = seconds }).FailureMessage, StringComparison.Ordinal);

    private static async Task<Sandbox> StoppedAsync(TestCore core, SandboxId id)
    {
        await Eventually.HoldsAsync($"{id} is stopped", async () => (await core.GetAsync(id)).State is SandboxState.Stopped, Cancellation);
        return await core.GetAsync(id);
    }
}
