using Atoll.Core.Events;
using Atoll.Core.Faults;
using Atoll.Core.Lifetime;
using Atoll.Core.Sandboxes;
using Atoll.Core.Store;
using Atoll.Core.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;
using static Atoll.Core.Tests.Fakes.TestCore;

namespace Atoll.Core.Tests.Sandboxes;

public abstract class RestartTests : StoreSuite
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Restart_RunningAndLost_OneGoesOnOneFailed()
    {
        await using var core = await StartAsync();
        var lives = await core.CreateAsync(new() { Name = "lives" });
        var lost = await core.CreateAsync(new() { Name = "lost" });
        await core.StopHostAsync();
        core.Machine.Lose(lost.Id);

        await core.StartHostAsync();

        Assert.True(core.Services.GetRequiredService<CoreReadiness>().IsReady);
        Assert.Equal(lives.ExpiresAt, (await core.GetAsync(lives.Id)).ExpiresAt);
        Expect(core.Sandboxes.Use(Team, "lives")).Dispose();
        var stopped = await core.GetAsync(lost.Id);
        Assert.Equal((SandboxState.Stopped, EndReason.HostRestart), (stopped.State, stopped.Reason));
        Assert.Equal(core.Clock.GetUtcNow().AddDays(1), stopped.KeptUntil);
        Assert.Equal(EventTypes.Stopped, (await core.EventsAsync(lost.Id))[^1].Type);
        ExpectFault(core.Sandboxes.Use(Team, lost.Id.Value), FaultCode.SandboxStopped);
        Expect(await core.Sandboxes.DeleteAsync(Team, lost.Id.Value, Cancellation));
        Expect(await core.Sandboxes.UpdateAsync(Team, "lives", new() { Name = "lost" }, Cancellation));
        Expect(await core.Sandboxes.DeleteAsync(Team, "lost", Cancellation));
        Assert.Empty(core.Machine.Live);
    }

    [Fact]
    public async Task Restart_KilledMidCreate_FailedAndSweptAndKeyIsFree()
    {
        await using var core = await StartAsync();
        var id = SandboxId.New();
        await KilledMidCreateAsync(core, id, "key-1");

        await core.StartHostAsync();

        var failed = await core.GetAsync(id);
        Assert.Equal((SandboxState.Failed, EndReason.ServerRestart), (failed.State, failed.Reason));
        Assert.Empty(core.Machine.Live);
        var again = Expect(await core.Sandboxes.CreateAsync(Team, new() { Name = "web" }, "key-1", true, Cancellation));
        Assert.NotEqual(id, again.Id);
    }

    [Fact]
    public async Task Restart_KilledMidDelete_DeletedForTheReasonThatWasDecided()
    {
        await using var core = await StartAsync();
        var sandbox = await core.CreateAsync();
        core.Machine.OnRemove = _ => Task.FromResult<Fault?>(new(FaultCode.HostFailure, FaultSide.Host, FaultStage.Storage, "Busy."));
        ExpectFault(await core.Sandboxes.DeleteAsync(Team, sandbox.Id.Value, Cancellation), FaultCode.HostFailure);
        Assert.Contains(sandbox.Id, core.Machine.Live);
        await core.StopHostAsync();

        await core.StartHostAsync();

        var ended = await core.GetAsync(sandbox.Id);
        Assert.Equal((SandboxState.Deleted, EndReason.KilledByUser), (ended.State, ended.Reason));
        Assert.Empty(core.Machine.Live);
    }

    [Fact]
    public async Task Stop_MidCreate_GivenUpWithReason()
    {
        await using var core = await StartAsync();
        TaskCompletionSource<SandboxId> started = new(TaskCreationOptions.RunContinuationsAsynchronously);
        core.Machine.OnStart = async (id, stop) =>
        {
            core.Machine.LeaveBehind(id);
            started.SetResult(id);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop);
            return null;
        };
        var create = core.Sandboxes.CreateAsync(Team, new(), null, true, Cancellation);
        var id = await started.Task.WaitAsync(Cancellation);

        await core.StopHostAsync();

        ExpectFault(await create, FaultCode.SandboxEnded);
        Assert.Empty(core.Machine.Live);
        await core.StartHostAsync();
        Assert.Equal(EndReason.ServerRestart, (await core.GetAsync(id)).Reason);
    }

    [Fact]
    public async Task Restart_LongDead_UseAsyncStillKnowsTheReason()
    {
        await using var core = await StartAsync();
        var sandbox = await core.CreateAsync();
        Expect(await core.Sandboxes.DeleteAsync(Team, sandbox.Id.Value, Cancellation));
        await core.StopHostAsync();
        await core.StartHostAsync();

        ExpectFault(core.Sandboxes.Use(Team, sandbox.Id.Value), FaultCode.SandboxNotFound);
        var fault = ExpectFault(await core.Sandboxes.UseAsync(Team, sandbox.Id.Value, Cancellation), FaultCode.SandboxEnded);
        Assert.Contains("deleted by a user", fault.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Restart_Events_NumbersGoOnAndAreNeverReused()
    {
        await using var core = await StartAsync(store => store.EventsKept = 1);
        var first = await core.CreateAsync();
        var before = (await core.EventsAsync())[^1].Sequence;
        await core.StopHostAsync();

        await core.StartHostAsync();
        Expect(await core.Sandboxes.DeleteAsync(Team, first.Id.Value, Cancellation));

        Assert.Equal(before + 1, (await core.EventsAsync())[^1].Sequence);
    }

    /// <summary>What kill -9 leaves: the row says creating, the machine has something, and nobody was told to stop.</summary>
    private static async Task KilledMidCreateAsync(TestCore core, SandboxId id, string key)
    {
        Expect(await core.Sandboxes.CreateAsync(Team, new() { Name = "web" }, key, true, Cancellation));
        var like = Expect(await core.Sandboxes.GetAsync(Team, "web", Cancellation));
        var hash = Expect(await core.Services.GetRequiredService<SandboxStore>().FindClaimAsync(Team, key, DateTimeOffset.MinValue, Cancellation))!.RequestHash;
        Expect(await core.Sandboxes.DeleteAsync(Team, "web", Cancellation));
        await core.Services.GetRequiredService<SandboxStore>().FindClaimAsync(Team, key, DateTimeOffset.MaxValue, Cancellation);
        Expect(await core.Services.GetRequiredService<SandboxStore>().AddAsync(
            like with { Id = id, State = SandboxState.Creating, StartedAt = null, ExpiresAt = null }, new(key, hash), () => { }));
        core.Machine.LeaveBehind(id);
        await core.StopHostAsync();
    }
}
