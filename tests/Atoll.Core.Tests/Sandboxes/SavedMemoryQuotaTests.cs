using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;
using Atoll.Core.Sandboxes.Capacity;
using Atoll.Core.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;
using static Atoll.Core.Tests.Fakes.TestCore;

namespace Atoll.Core.Tests.Sandboxes;

/// <summary>The memory of a suspended sandbox lies on the pool's disk, and counts as disk: nobody fills the pool with sleepers.</summary>
public sealed class SavedMemoryQuotaTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Suspend_ThenRestartWakeAndStop_CountsWhatWasSavedAsLongAsItIsThere()
    {
        await using var core = await StartAsync();
        core.Machine.SavedBytes = (70 << 20) + 1;
        var sandbox = await core.CreateAsync(new() { DiskMiB = 100 });
        Expect(await core.Sandboxes.SleepAsync(Team, sandbox.Id.Value, LifecycleAction.Suspend, Cancellation));
        Assert.Equal((171L, 0L, 0d), Use(core));
        await core.StopHostAsync();
        await core.StartHostAsync();
        Assert.Equal((171L, 0L, 0d), Use(core));
        core.Machine.OnWake = _ => Task.FromResult<Fault?>(new(FaultCode.HostFailure, FaultSide.Host, FaultStage.Isolation, "Broken."));
        ExpectFault(await core.Sandboxes.WakeAsync(Team, sandbox.Id.Value, Cancellation), FaultCode.HostFailure);
        Assert.Equal((171L, 0L, 0d), Use(core));
        core.Machine.OnWake = _ => Task.FromResult<Fault?>(null);
        Expect(await core.Sandboxes.WakeAsync(Team, sandbox.Id.Value, Cancellation));
        Assert.Equal((100L, (long)sandbox.Spec.Limits.MemoryMiB, sandbox.Spec.Limits.Cpu), Use(core));
        Expect(await core.Sandboxes.SleepAsync(Team, sandbox.Id.Value, LifecycleAction.Suspend, Cancellation));
        Expect(await core.Sandboxes.SleepAsync(Team, sandbox.Id.Value, LifecycleAction.Stop, Cancellation));
        Assert.Equal((100L, 0L, 0d), Use(core));
        Expect(await core.Sandboxes.DeleteAsync(Team, sandbox.Id.Value, Cancellation));
        Assert.Equal((0L, 0L, 0d), Use(core));
    }

    [Fact]
    public async Task Suspend_BeyondTheDiskQuota_IsRefusedAndItGoesOn()
    {
        await using var core = await StartAsync();
        core.Machine.Usage = _ => new(default, 0, 70 << 20, 1, 1, 1, 1);
        var sandbox = await core.CreateAsync(new() { DiskMiB = 100 });
        Ledger(core).SetQuota(Team, new(DiskMiB: 169));
        Assert.Contains("diskMiB", ExpectFault(await core.Sandboxes.SleepAsync(Team, sandbox.Id.Value, LifecycleAction.Suspend, Cancellation), FaultCode.QuotaExceeded).Fields.Keys);
        Expect(core.Sandboxes.Use(Team, sandbox.Id.Value)).Dispose();
        Assert.Equal((100L, (long)sandbox.Spec.Limits.MemoryMiB, sandbox.Spec.Limits.Cpu), Use(core));
        Ledger(core).SetQuota(Team, new(DiskMiB: 170));
        Expect(await core.Sandboxes.SleepAsync(Team, sandbox.Id.Value, LifecycleAction.Suspend, Cancellation));
    }

    /// <summary>Its time is up, and there is no room for its memory: stopped where its policy says so, else it goes on.</summary>
    [Fact]
    public async Task Timeout_ToSuspendBeyondTheDiskQuota_StopsItOnlyIfItsPolicySaysSo()
    {
        await using var core = await StartAsync();
        core.Machine.Usage = _ => new(default, 0, 70 << 20, 1, 1, 1, 1);
        var sandbox = await core.CreateAsync(new() { DiskMiB = 100, TimeoutSeconds = 60, OnTimeout = LifecycleAction.SuspendOrStop });
        var other = await core.CreateAsync(new() { DiskMiB = 100, TimeoutSeconds = 60, OnTimeout = LifecycleAction.Suspend });
        Ledger(core).SetQuota(Team, new(DiskMiB: 200));
        await core.AdvanceUntilAsync("it is stopped", TimeSpan.FromSeconds(10), () => core.Machine.AtRest.Contains(sandbox.Id));
        await core.AdvanceUntilAsync("that is saved", TimeSpan.FromSeconds(1), () => core.GetAsync(sandbox.Id).GetAwaiter().GetResult() is { State: SandboxState.Stopped, Reason: EndReason.Timeout });
        await core.AdvanceUntilAsync("the other says why it goes on", TimeSpan.FromSeconds(1), () => core.GetAsync(other.Id).GetAwaiter().GetResult() is { State: SandboxState.Running, ReasonDetail: not null });
        Expect(core.Sandboxes.Use(Team, other.Id.Value)).Dispose();
    }

    private static TeamLedger Ledger(TestCore core) => core.Services.GetRequiredService<TeamLedger>();

    private static (long DiskMiB, long MemoryMiB, double Cpu) Use(TestCore core) => Ledger(core).UseOf(Team) is var use ? (use.DiskMiB, use.MemoryMiB, use.Cpu) : default;
}
