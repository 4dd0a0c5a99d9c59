using System.Collections.Immutable;
using Atoll.Core.Events;
using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;
using Atoll.Core.Tests.Fakes;
using static Atoll.Core.Tests.Fakes.TestCore;

namespace Atoll.Core.Tests.Sandboxes;

public abstract class LifecycleTests : StoreSuite
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Create_Defaults_RunsAndIsListed()
    {
        await using var core = await StartAsync();

        var sandbox = await core.CreateAsync(new() { Name = "web" });

        Assert.Equal(SandboxState.Running, sandbox.State);
        Assert.Equal(("default", IsolationKind.GVisor, "user", "/home/user"), (sandbox.Spec.Template, sandbox.Spec.Isolation, sandbox.Spec.User, sandbox.Spec.WorkingDirectory));
        Assert.Equal(new SandboxLimits(1, 1024, 10240, 512), sandbox.Spec.Limits);
        Assert.Equal(sandbox.StartedAt?.AddSeconds(3600), sandbox.ExpiresAt);
        Assert.Equal(sandbox, Expect(await core.Sandboxes.GetAsync(Team, "web", Cancellation)));
        Assert.Equal([sandbox], Expect(await core.Sandboxes.ListAsync(Team, Everything, Cancellation)).Items);
        using var used = Expect(core.Sandboxes.Use(Team, "web"));
        Assert.Equal(sandbox, used.Sandbox);
        Assert.Equal([EventTypes.Created, EventTypes.Running], (await core.EventsAsync()).Select(x => x.Type));
    }

    [Fact]
    public async Task Create_WithoutWaiting_ReturnsCreatingThenRuns()
    {
        await using var core = await StartAsync();
        TaskCompletionSource gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
        core.Machine.OnStart = async (_, _) =>
        {
            await gate.Task;
            return null;
        };

        var creating = Expect(await core.Sandboxes.CreateAsync(Team, new(), null, false, Cancellation));

        Assert.Equal(SandboxState.Creating, creating.State);
        ExpectFault(core.Sandboxes.Use(Team, creating.Id.Value), FaultCode.SandboxNotRunning);
        ExpectFault(await core.Sandboxes.UpdateAsync(Team, creating.Id.Value, new() { Name = "x" }, Cancellation), FaultCode.SandboxNotRunning);
        gate.SetResult();
        await Atoll.Testing.Eventually.HoldsAsync("it runs", async () => (await core.GetAsync(creating.Id)).State is SandboxState.Running, Cancellation);
    }

    [Fact]
    public async Task Create_MachineRefuses_FaultAndFailedWithReason()
    {
        await using var core = await StartAsync();
        core.Machine.OnStart = (_, _) => Task.FromResult<Fault?>(new(FaultCode.HostFailure, FaultSide.Host, FaultStage.Network, "No slot."));

        ExpectFault(await core.Sandboxes.CreateAsync(Team, new() { Name = "web" }, null, true, Cancellation), FaultCode.HostFailure);

        var failed = Assert.Single(Expect(await core.Sandboxes.ListAsync(Team, Everything with { States = [SandboxState.Failed] }, Cancellation)).Items);
        Assert.Equal((EndReason.StartFailed, "No slot."), (failed.Reason, failed.ReasonDetail));
        core.Machine.OnStart = (_, _) => Task.FromResult<Fault?>(null);
        await core.CreateAsync(new() { Name = "web" });
    }

    [Fact]
    public async Task Create_MachineThrows_FaultAndNothingLeft()
    {
        await using var core = await StartAsync();
        core.Machine.OnStart = (id, _) =>
        {
            core.Machine.LeaveBehind(id);
            throw new InvalidOperationException("a bug");
        };

        ExpectFault(await core.Sandboxes.CreateAsync(Team, new(), null, true, Cancellation), FaultCode.HostFailure);

        Assert.Empty(core.Machine.Live);
    }

    [Fact]
    public async Task Create_ClientHangsUp_GoesOnAndIsListed()
    {
        await using var core = await StartAsync();
        TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
        core.Machine.OnStart = async (_, _) =>
        {
            started.SetResult();
            await gate.Task;
            return null;
        };
        using CancellationTokenSource client = new();
        var create = core.Sandboxes.CreateAsync(Team, new() { Name = "web" }, null, true, client.Token);
        await started.Task.WaitAsync(Cancellation);

        await client.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => create);
        gate.SetResult();

        await Atoll.Testing.Eventually.HoldsAsync(
            "the sandbox runs", async () => Expect(await core.Sandboxes.GetAsync(Team, "web", Cancellation)).State is SandboxState.Running, Cancellation);
    }

    [Fact]
    public async Task Update_EverythingAtOnce_SavedAndApplied()
    {
        await using var core = await StartAsync();
        var sandbox = await core.CreateAsync(new() { Name = "old" });

        var updated = Expect(await core.Sandboxes.UpdateAsync(
            Team,
            "old",
            new()
            {
                Name = "new",
                Cpu = 2,
                MemoryMiB = 2048,
                Processes = 100,
                TimeoutSeconds = 0,
                IdleSeconds = 60,
                Env = ImmutableDictionary<string, string>.Empty.Add("A", "1"),
                Metadata = ImmutableDictionary<string, string>.Empty.Add("k", "v"),
            },
            Cancellation));

        Assert.Equal(("new", new SandboxLimits(2, 2048, 10240, 100), null, 60L), (updated.Spec.Name, updated.Spec.Limits, updated.ExpiresAt, updated.Spec.Lifecycle.IdleSeconds));
        Assert.Equal("1", updated.Spec.Env["A"]);
        ExpectFault(await core.Sandboxes.GetAsync(Team, "old", Cancellation), FaultCode.SandboxNotFound);
        Assert.Contains($"limits {sandbox.Id} 2048", core.Machine.Calls);
        await core.CreateAsync(new() { Name = "old" });
        var nameless = Expect(await core.Sandboxes.UpdateAsync(Team, "new", new() { Name = "" }, Cancellation));
        Assert.Null(nameless.Spec.Name);
    }

    [Fact]
    public async Task Update_NameTaken_FaultAndOldLimitsBack()
    {
        await using var core = await StartAsync();
        await core.CreateAsync(new() { Name = "one" });
        var two = await core.CreateAsync(new() { Name = "two" });

        ExpectFault(await core.Sandboxes.UpdateAsync(Team, "two", new() { Name = "one", MemoryMiB = 512 }, Cancellation), FaultCode.NameTaken);

        Assert.Equal(two, await core.GetAsync(two.Id));
        Assert.Equal([$"limits {two.Id} 512", $"limits {two.Id} 1024"], core.Machine.Calls.Where(x => x.StartsWith("limits", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Extend_FurtherOrNearer_OnlyEverFurther()
    {
        await using var core = await StartAsync();
        var sandbox = await core.CreateAsync(new() { TimeoutSeconds = 100 });

        Assert.Equal(sandbox.ExpiresAt, Expect(await core.Sandboxes.ExtendAsync(Team, sandbox.Id.Value, 50, Cancellation)).ExpiresAt);
        Assert.Equal(core.Clock.GetUtcNow().AddSeconds(500), Expect(await core.Sandboxes.ExtendAsync(Team, sandbox.Id.Value, 499.5, Cancellation)).ExpiresAt);
        foreach (var wrong in new[] { 0, -1, double.NaN, double.PositiveInfinity, 2147483648d })
        {
            Assert.Contains("seconds", ExpectFault(await core.Sandboxes.ExtendAsync(Team, sandbox.Id.Value, wrong, Cancellation), FaultCode.InvalidRequest).Fields.Keys);
        }
    }

    [Fact]
    public async Task Delete_Running_NothingLeftAndReasonStays()
    {
        await using var core = await StartAsync();
        var sandbox = await core.CreateAsync(new() { Name = "web" });
        using var used = Expect(core.Sandboxes.Use(Team, "web"));

        Expect(await core.Sandboxes.DeleteAsync(Team, "web", Cancellation));

        Assert.True(used.Ended.IsCancellationRequested);
        Assert.Empty(core.Machine.Live);
        var ended = await core.GetAsync(sandbox.Id);
        Assert.Equal((SandboxState.Deleted, EndReason.KilledByUser), (ended.State, ended.Reason));
        ExpectFault(await core.Sandboxes.GetAsync(Team, "web", Cancellation), FaultCode.SandboxNotFound);
        ExpectFault(core.Sandboxes.Use(Team, sandbox.Id.Value), FaultCode.SandboxEnded);
        ExpectFault(await core.Sandboxes.UpdateAsync(Team, sandbox.Id.Value, new() { Name = "x" }, Cancellation), FaultCode.SandboxEnded);
        ExpectFault(await core.Sandboxes.UsageAsync(Team, sandbox.Id.Value, null, null, Cancellation), FaultCode.SandboxEnded);
        Expect(await core.Sandboxes.DeleteAsync(Team, sandbox.Id.Value, Cancellation));
        ExpectFault(await core.Sandboxes.DeleteAsync(Team, SandboxId.New().Value, Cancellation), FaultCode.SandboxNotFound);
        await core.CreateAsync(new() { Name = "web" });
    }

    [Fact]
    public async Task Delete_RemovalFails_FaultThenTriedAgain()
    {
        await using var core = await StartAsync();
        var sandbox = await core.CreateAsync();
        core.Machine.OnRemove = _ => Task.FromResult<Fault?>(new(FaultCode.HostFailure, FaultSide.Host, FaultStage.Storage, "Busy."));

        ExpectFault(await core.Sandboxes.DeleteAsync(Team, sandbox.Id.Value, Cancellation), FaultCode.HostFailure);
        ExpectFault(core.Sandboxes.Use(Team, sandbox.Id.Value), FaultCode.SandboxEnded);

        core.Machine.OnRemove = _ => Task.FromResult<Fault?>(null);
        await core.AdvanceUntilAsync("it is removed", TimeSpan.FromSeconds(5), () => core.Machine.Live.Count == 0);
        await Atoll.Testing.Eventually.HoldsAsync(
            "it is deleted", async () => (await core.GetAsync(sandbox.Id)) is { State: SandboxState.Deleted, Reason: EndReason.KilledByUser }, Cancellation);
    }

    [Fact]
    public async Task Exit_OutOfMemory_StoppedWithReasonAndDiskKept()
    {
        await using var core = await StartAsync();
        var sandbox = await core.CreateAsync();

        core.Machine.Exit(sandbox.Id, EndReason.OutOfMemory);

        await Atoll.Testing.Eventually.HoldsAsync(
            "it is stopped", async () => (await core.GetAsync(sandbox.Id)) is { State: SandboxState.Stopped, Reason: EndReason.OutOfMemory, ReasonDetail: "exit status 137" }, Cancellation);
        Assert.Empty(core.Machine.Live);
        Assert.Contains(sandbox.Id, core.Machine.AtRest);
    }

    [Fact]
    public async Task Any_ForeignTeam_NotFoundByIdAndName()
    {
        await using var core = await StartAsync();
        var sandbox = await core.CreateAsync(new() { Name = "web" });

        foreach (var key in new[] { sandbox.Id.Value, "web" })
        {
            ExpectFault(await core.Sandboxes.GetAsync(OtherTeam, key, Cancellation), FaultCode.SandboxNotFound);
            ExpectFault(await core.Sandboxes.UpdateAsync(OtherTeam, key, new(), Cancellation), FaultCode.SandboxNotFound);
            ExpectFault(await core.Sandboxes.ExtendAsync(OtherTeam, key, 5, Cancellation), FaultCode.SandboxNotFound);
            ExpectFault(await core.Sandboxes.DeleteAsync(OtherTeam, key, Cancellation), FaultCode.SandboxNotFound);
            ExpectFault(await core.Sandboxes.UsageAsync(OtherTeam, key, null, null, Cancellation), FaultCode.SandboxNotFound);
            ExpectFault(core.Sandboxes.Use(OtherTeam, key), FaultCode.SandboxNotFound);
            ExpectFault(await core.Sandboxes.UseAsync(OtherTeam, key, Cancellation), FaultCode.SandboxNotFound);
        }

        Assert.Empty(Expect(await core.Sandboxes.ListAsync(OtherTeam, Everything, Cancellation)).Items);
        Assert.Empty(await core.Events.ListAsync(OtherTeam, null, 0, 10, Cancellation));
        await core.CreateAsync(new() { Name = "web" }, OtherTeam);
        Expect(await core.Sandboxes.DeleteAsync(Team, "web", Cancellation));
        ExpectFault(core.Sandboxes.Use(OtherTeam, sandbox.Id.Value), FaultCode.SandboxNotFound);
        ExpectFault(await core.Sandboxes.UseAsync(OtherTeam, sandbox.Id.Value, Cancellation), FaultCode.SandboxNotFound);
    }

    internal static SandboxQuery Everything { get; } = new([], null, ImmutableDictionary<string, string>.Empty, 1000, null);
}
