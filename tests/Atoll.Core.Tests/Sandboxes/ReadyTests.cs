using Atoll.Core.Events;
using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;
using static Atoll.Core.Tests.Fakes.TestCore;

namespace Atoll.Core.Tests.Sandboxes;

/// <summary>Creates that find a warm sandbox: nobody can tell them from cold ones.</summary>
public sealed class ReadyTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Create_Ready_SameSandboxAndEventsAsCold()
    {
        await using var core = await StartAsync();
        var cold = await core.CreateAsync(new() { Name = "cold" });
        core.Machine.HoldsReady = true;
        var warm = await core.CreateAsync(new() { Name = "warm" });

        Assert.Equal(cold.Spec with { Name = "warm" }, warm.Spec);
        Assert.Equal((SandboxState.Running, warm.CreatedAt, warm.StartedAt?.AddSeconds(3600)), (warm.State, warm.StartedAt!.Value, warm.ExpiresAt));
        var events = (await core.EventsAsync()).ToLookup(x => x.Sandbox, x => (x.Type, x.From, x.To));
        Assert.Equal(events[cold.Id], events[warm.Id]);
        Assert.Equal([EventTypes.Created, EventTypes.Running], events[warm.Id].Select(x => x.Type));
    }

    [Fact]
    public async Task Create_ReadyWithItsTime_EndsWhenItIsUp()
    {
        await using var core = await StartAsync();
        core.Machine.HoldsReady = true;
        var warm = await core.CreateAsync(new() { TimeoutSeconds = 60 });

        core.Clock.Advance(TimeSpan.FromSeconds(61));

        await Atoll.Testing.Eventually.HoldsAsync("its time is up", async () => (await core.GetAsync(warm.Id)).State is SandboxState.Deleted, Cancellation);
    }

    [Fact]
    public async Task Create_ReadyAndNameTaken_IsRefusedAndNothingIsLeft()
    {
        await using var core = await StartAsync();
        core.Machine.HoldsReady = true;
        var first = await core.CreateAsync(new() { Name = "web" });

        ExpectFault(await core.Sandboxes.CreateAsync(Team, new() { Name = "web" }, null, true, Cancellation), FaultCode.NameTaken);

        Assert.Equal([first.Id], core.Machine.Live);
    }

    [Fact]
    public async Task Create_ReadyAndMachineRefuses_FailsAsAColdOneDoes()
    {
        await using var core = await StartAsync();
        core.Machine.HoldsReady = true;
        core.Machine.OnStart = (_, _) => Task.FromResult<Fault?>(new(FaultCode.HostFailure, FaultSide.Host, FaultStage.Network, "No slot."));

        ExpectFault(await core.Sandboxes.CreateAsync(Team, new() { Name = "web" }, null, true, Cancellation), FaultCode.HostFailure);

        var failed = Assert.Single(Expect(await core.Sandboxes.ListAsync(Team, LifecycleTests.Everything with { States = [SandboxState.Failed] }, Cancellation)).Items);
        Assert.Equal((EndReason.StartFailed, "No slot."), (failed.Reason, failed.ReasonDetail));
    }

    [Fact]
    public async Task Create_ReadyTwiceWithOneKey_IsOneSandbox()
    {
        await using var core = await StartAsync();
        core.Machine.HoldsReady = true;

        var both = await Task.WhenAll(
            core.Sandboxes.CreateAsync(Team, new(), "key", true, Cancellation), core.Sandboxes.CreateAsync(Team, new(), "key", true, Cancellation));

        Assert.Equal(Expect(both[0]).Id, Expect(both[1]).Id);
        Assert.Equal([both[0].Value.Id], core.Machine.Live);
    }

    [Fact]
    public async Task Create_NoRoom_GivesTheReservedOneBack()
    {
        await using var core = await StartAsync(sandboxes: options => options.MaxLiving = 1);
        core.Machine.HoldsReady = true;
        await core.CreateAsync(new());

        ExpectFault(await core.Sandboxes.CreateAsync(Team, new(), null, true, Cancellation), FaultCode.CapacityExhausted);

        Assert.Contains(core.Machine.Calls, call => call.StartsWith("unreserve ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Create_ReadyThenServerRestarted_GoesOn()
    {
        await using var core = await StartAsync();
        core.Machine.HoldsReady = true;
        var warm = await core.CreateAsync(new());

        await core.StopHostAsync();
        await core.StartHostAsync();

        Assert.Equal(SandboxState.Running, (await core.GetAsync(warm.Id)).State);
    }
}
