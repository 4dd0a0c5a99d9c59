using Atoll.Core.Events;
using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;
using static Atoll.Core.Tests.Fakes.TestCore;

namespace Atoll.Core.Tests.Sandboxes;

/// <summary>A policy that says suspend, for a sandbox whose memory cannot be saved.</summary>
public sealed class PolicyFailureTests
{
    private static readonly Fault DeletedFile = new(FaultCode.NotSupported, FaultSide.Caller, FaultStage.Isolation, "A process holds a file open that has been deleted.", "End it.");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Suspend_ThatFails_GoesOnSaysWhyOnceAndIsTriedAgainEverLater(bool timeout)
    {
        await using var core = await StartAsync();
        var tries = 0;
        core.Machine.OnSaveMemory = _ =>
        {
            tries++;
            return Task.FromResult<Fault?>(DeletedFile);
        };
        var sandbox = await core.CreateAsync(timeout
            ? new() { TimeoutSeconds = 60, OnTimeout = LifecycleAction.Suspend }
            : new() { TimeoutSeconds = 0, IdleSeconds = 30, OnIdle = LifecycleAction.Suspend });

        await core.AdvanceUntilAsync("it was tried", TimeSpan.FromSeconds(2), () => tries > 0);
        await core.AdvanceUntilAsync("it says why", TimeSpan.FromSeconds(1), () => core.GetAsync(sandbox.Id).GetAwaiter().GetResult().ReasonDetail is not null);
        var going = await core.GetAsync(sandbox.Id);
        Assert.Equal((SandboxState.Running, null), (going.State, going.Reason));
        Assert.Contains("deleted", going.ReasonDetail, StringComparison.Ordinal);
        var first = core.Clock.GetUtcNow();
        await core.AdvanceUntilAsync("it was tried again", TimeSpan.FromSeconds(5), () => tries > 7);
        Assert.True(core.Clock.GetUtcNow() - first > TimeSpan.FromMinutes(30), $"{tries} tries in {core.Clock.GetUtcNow() - first}");
        Expect(core.Sandboxes.Use(Team, sandbox.Id.Value)).Dispose();
        Assert.Single(await core.EventsAsync(sandbox.Id), x => x.Type == EventTypes.SuspendFailed && x.Detail!.Contains("deleted", StringComparison.Ordinal));

        core.Machine.OnSaveMemory = _ => Task.FromResult<Fault?>(null);
        await core.AdvanceUntilAsync("it is suspended", TimeSpan.FromSeconds(30), () => core.GetAsync(sandbox.Id).GetAwaiter().GetResult().State is SandboxState.Suspended);
        var asleep = await core.GetAsync(sandbox.Id);
        Assert.Equal((timeout ? EndReason.Timeout : EndReason.Idle, null), (asleep.Reason!.Value, asleep.ReasonDetail));
    }

    [Fact]
    public async Task Suspend_ThatFails_AnotherPolicyTakesEffectAtOnce()
    {
        await using var core = await StartAsync();
        core.Machine.OnSaveMemory = _ => Task.FromResult<Fault?>(DeletedFile);
        var sandbox = await core.CreateAsync(new() { TimeoutSeconds = 0, IdleSeconds = 30, OnIdle = LifecycleAction.Suspend });
        await core.AdvanceUntilAsync("it says why", TimeSpan.FromSeconds(2), () => core.GetAsync(sandbox.Id).GetAwaiter().GetResult().ReasonDetail is not null);

        var changed = Expect(await core.Sandboxes.UpdateAsync(Team, sandbox.Id.Value, new() { OnIdle = LifecycleAction.SuspendOrStop }, Cancellation));

        Assert.Null(changed.ReasonDetail);
        await core.AdvanceUntilAsync("it is stopped", TimeSpan.FromSeconds(2), () => core.GetAsync(sandbox.Id).GetAwaiter().GetResult() is { State: SandboxState.Stopped, Reason: EndReason.Idle, KeptUntil: null });
    }

    [Theory]
    [InlineData(null, SandboxState.Suspended)]
    [InlineData("cannot", SandboxState.Stopped)]
    public async Task SuspendOrStop_WhereMemoryCannotBeSaved_IsStoppedElseSuspended(string? missing, SandboxState state)
    {
        await using var core = await StartAsync();
        core.Machine.Description = core.Machine.Description with { Isolation = [new(IsolationKind.GVisor, "runsc test", null) { MemoryMissing = missing }] };
        var sandbox = await core.CreateAsync(new() { TimeoutSeconds = 60, OnTimeout = LifecycleAction.SuspendOrStop });
        await core.AdvanceUntilAsync("it sleeps", TimeSpan.FromSeconds(5), () => core.GetAsync(sandbox.Id).GetAwaiter().GetResult() is { Reason: EndReason.Timeout } slept && slept.State == state);
    }
}
