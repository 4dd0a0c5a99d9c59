using System.Diagnostics;
using Atoll.Core.Sandboxes;

namespace Atoll.Machine.Tests.Isolation;

public sealed class LauncherConformance(GuestKit kit) : SandboxRuntimeConformance(kit), IClassFixture<GuestKit>
{
    private protected override IsolationKind Kind => IsolationKind.Container;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Exit_AfterAProcessWasKilledForMemory_IsPutDownToThatOnlyIfItWasNotLongAgo(bool longAgo)
    {
        var root = await Host.MakeRootAsync("root");
        var plan = Host.Script(root, "/.atoll/probe bomb") with { Limits = new SandboxLimits(1, 128, 64, 64) };
        var init = await Host.StartAsync(plan);
        var exit = Host.Exits.WaitAsync(plan.Id, init, Cancellation);
        await Bench.ReadAsync(root);
        Assert.False(exit.IsCompleted);
        var kills = (await Host.Runtime.MeasureAsync(plan.Id, Cancellation)).Value.OutOfMemoryKills;
        Assert.True(kills > 0);

        // As a server that finds it so.
        if (longAgo) Host.Kills.Begin(plan.Id, kills);
        using var process = Process.GetProcessById(init.Pid);
        process.Kill();
        var how = await exit.WaitAsync(TimeSpan.FromSeconds(60), Cancellation);
        Assert.True(how.OutOfMemory == !longAgo, how.Detail);
    }
}
