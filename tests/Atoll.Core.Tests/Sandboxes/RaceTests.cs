using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;
using Atoll.Core.Tests.Fakes;
using Atoll.Testing;
using static Atoll.Core.Tests.Fakes.TestCore;

namespace Atoll.Core.Tests.Sandboxes;

public abstract class RaceTests : StoreSuite
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Delete_DuringCreate_CreateFailsAndNothingIsLeft(bool machineListens)
    {
        await using var core = await StartAsync();
        TaskCompletionSource<SandboxId> started = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
        core.Machine.OnStart = async (id, stop) =>
        {
            started.SetResult(id);
            await (machineListens ? gate.Task.WaitAsync(stop) : gate.Task);
            return null;
        };
        var create = core.Sandboxes.CreateAsync(Team, new() { Name = "web" }, null, true, Cancellation);
        var id = await started.Task.WaitAsync(Cancellation);

        var delete = core.Sandboxes.DeleteAsync(Team, "web", Cancellation);
        if (!machineListens) gate.SetResult();

        ExpectFault(await create, FaultCode.SandboxEnded);
        Expect(await delete);
        Assert.Empty(core.Machine.Live);
        var ended = await core.GetAsync(id);
        Assert.Equal((SandboxState.Deleted, EndReason.KilledByUser), (ended.State, ended.Reason));
        Assert.Equal(["sandbox.created", "sandbox.deleted"], (await core.EventsAsync()).Select(x => x.Type));
    }

    [Fact]
    public async Task Create_SameNameInParallel_ExactlyOneWins()
    {
        await using var core = await StartAsync();

        var creates = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => core.Sandboxes.CreateAsync(Team, new() { Name = "web" }, null, true, Cancellation)));

        Assert.Single(creates, x => x.Succeeded);
        Assert.All(creates.Where(x => !x.Succeeded), x => ExpectFault(x, FaultCode.NameTaken));
        Assert.Single(core.Machine.Live);
    }

    [Fact]
    public async Task Create_SameIdempotencyKeyInParallel_OneSandboxForAll()
    {
        await using var core = await StartAsync();

        var creates = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => core.Sandboxes.CreateAsync(Team, new() { Name = "web" }, "key-1", true, Cancellation)));

        Assert.Single(creates.Select(x => Expect(x).Id).Distinct());
        Assert.All(creates, x => Assert.Equal(SandboxState.Running, Expect(x).State));
        Assert.Single(core.Machine.Live);
    }

    [Fact]
    public async Task Delete_InParallelWithExitAndItself_OneEndOneEvent()
    {
        await using var core = await StartAsync();
        for (var round = 0; round < 20; round++)
        {
            var sandbox = await core.CreateAsync();
            core.Machine.Exit(sandbox.Id, EndReason.AgentDied);
            var deletes = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => core.Sandboxes.DeleteAsync(Team, sandbox.Id.Value, Cancellation)));

            Assert.All(deletes, x => Expect(x));
            Assert.Single(await core.EventsAsync(sandbox.Id), x => x.To is SandboxState.Deleted or SandboxState.Failed);
        }

        await Eventually.HoldsAsync("nothing lives", () => core.Machine.Live.Count == 0, Cancellation);
    }

    [Fact]
    public async Task Exit_DuringDelete_StaysDeletedByUser()
    {
        await using var core = await StartAsync();
        var sandbox = await core.CreateAsync();
        TaskCompletionSource removing = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
        core.Machine.OnRemove = async _ =>
        {
            removing.TrySetResult();
            await gate.Task;
            return null;
        };
        var delete = core.Sandboxes.DeleteAsync(Team, sandbox.Id.Value, Cancellation);
        await removing.Task.WaitAsync(Cancellation);

        core.Machine.Exit(sandbox.Id, EndReason.AgentDied);
        gate.SetResult();

        Expect(await delete);
        Assert.Equal(EndReason.KilledByUser, (await core.GetAsync(sandbox.Id)).Reason);
    }

    [Fact]
    public async Task Update_WhileTimeIsUp_ExtensionThatCameFirstWins()
    {
        await using var core = await StartAsync();
        var sandbox = await core.CreateAsync(new() { TimeoutSeconds = 60 });
        TaskCompletionSource updating = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
        core.Machine.OnLimits = async (_, _) =>
        {
            updating.TrySetResult();
            await gate.Task;
            return null;
        };
        var update = core.Sandboxes.UpdateAsync(Team, sandbox.Id.Value, new() { TimeoutSeconds = 3600, MemoryMiB = 256 }, Cancellation);
        await updating.Task.WaitAsync(Cancellation);

        core.Clock.Advance(TimeSpan.FromSeconds(61));
        gate.SetResult();

        Expect(await update);
        using (Expect(core.Sandboxes.Use(Team, sandbox.Id.Value)))
        {
            await core.AdvanceUntilAsync("the new limit ends it", TimeSpan.FromSeconds(300), () => core.Machine.Live.Count == 0);
        }

        Assert.True(core.Clock.GetUtcNow() >= sandbox.CreatedAt.AddSeconds(3600));
    }

    [Fact]
    public async Task Create_KeyWithAnotherRequest_Conflict()
    {
        await using var core = await StartAsync();
        Expect(await core.Sandboxes.CreateAsync(Team, new() { Cpu = 1 }, "key-1", true, Cancellation));

        ExpectFault(await core.Sandboxes.CreateAsync(Team, new() { Cpu = 2 }, "key-1", true, Cancellation), FaultCode.IdempotencyConflict);
        Expect(await core.Sandboxes.CreateAsync(OtherTeam, new() { Cpu = 2 }, "key-1", true, Cancellation));
    }

    [Fact]
    public async Task Create_KeyAgain_DayLaterIsNewAndDeletedIsReturned()
    {
        await using var core = await StartAsync();
        var first = Expect(await core.Sandboxes.CreateAsync(Team, new(), "key-1", true, Cancellation));
        Expect(await core.Sandboxes.DeleteAsync(Team, first.Id.Value, Cancellation));

        var again = Expect(await core.Sandboxes.CreateAsync(Team, new(), "key-1", true, Cancellation));
        core.Clock.Advance(TimeSpan.FromHours(25));
        var later = Expect(await core.Sandboxes.CreateAsync(Team, new(), "key-1", true, Cancellation));

        Assert.Equal((first.Id, SandboxState.Deleted), (again.Id, again.State));
        Assert.NotEqual(first.Id, later.Id);
    }

    [Fact]
    public async Task Create_KeyOfFailedStart_TriesAgain()
    {
        await using var core = await StartAsync();
        core.Machine.OnStart = (_, _) => Task.FromResult<Fault?>(new(FaultCode.HostFailure, FaultSide.Host, FaultStage.Network, "No slot."));
        ExpectFault(await core.Sandboxes.CreateAsync(Team, new(), "key-1", true, Cancellation), FaultCode.HostFailure);
        core.Machine.OnStart = (_, _) => Task.FromResult<Fault?>(null);

        Assert.Equal(SandboxState.Running, Expect(await core.Sandboxes.CreateAsync(Team, new(), "key-1", true, Cancellation)).State);
        foreach (var wrong in new[] { "", "a b", new string('x', 256), "a\n" })
        {
            ExpectFault(await core.Sandboxes.CreateAsync(Team, new(), wrong, true, Cancellation), FaultCode.InvalidRequest);
        }
    }
}
