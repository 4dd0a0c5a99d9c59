using Atoll.Core.Faults;
using Atoll.Core.Machines;
using Atoll.Core.Sandboxes;
using Atoll.Core.Store;
using Atoll.Core.Tests.Sandboxes;
using Atoll.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using static Atoll.Core.Tests.Fakes.TestCore;

namespace Atoll.Core.Tests.Store;

/// <summary>A PostgreSQL that dies, comes back, or hangs, under a server that stays.</summary>
public sealed class PostgresFaultTests : IAsyncDisposable
{
    private readonly PostgresServer _server = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Gone_ThenBack_ChangesRefusedUseGoesOnNothingLostOrDoubled(bool ready)
    {
        await using var core = await StartOnAsync(await _server.NewDatabaseAsync(Cancellation), store => store.BusyTimeoutSeconds = 2);
        core.Machine.HoldsReady = ready;
        var web = await core.CreateAsync(new() { Name = "web", TimeoutSeconds = 0 });
        await _server.StopAsync(Cancellation);

        for (var i = 0; i < 3; i++)
        {
            var refused = ExpectFault(await core.Sandboxes.CreateAsync(Team, new() { Name = "new" }, "key-1", true, Cancellation), FaultCode.StoreUnavailable);
            Assert.Contains("Running sandboxes go on", refused.Hint, StringComparison.Ordinal);
            ExpectFault(await core.Sandboxes.CreateAsync(Team, new() { Name = "new" }, null, true, Cancellation), FaultCode.StoreUnavailable);
            ExpectFault(await core.Sandboxes.UpdateAsync(Team, "web", new() { Name = "x" }, Cancellation), FaultCode.StoreUnavailable);
            ExpectFault(await core.Sandboxes.DeleteAsync(Team, "web", Cancellation), FaultCode.StoreUnavailable);
            Expect(core.Sandboxes.Use(Team, "web")).Dispose();
            Assert.Equal(web, await core.GetAsync(web.Id));
            Assert.Single(core.Machine.Live);
        }

        await _server.StartAsync(Cancellation);

        var made = Expect(await core.Sandboxes.CreateAsync(Team, new() { Name = "new" }, "key-1", true, Cancellation));
        Assert.Equal(made.Id, Expect(await core.Sandboxes.CreateAsync(Team, new() { Name = "new" }, "key-1", true, Cancellation)).Id);
        Assert.Equivalent(new[] { made.Id, web.Id }, Expect(await core.Sandboxes.ListAsync(Team, LifecycleTests.Everything, Cancellation)).Items.Select(x => x.Id), strict: true);
        Assert.Equal(2, core.Machine.Live.Count);
        Expect(await core.Sandboxes.DeleteAsync(Team, "web", Cancellation));
        Assert.Equal([made.Id], core.Machine.Live);
    }

    [Fact]
    public async Task Gone_WhenRunningIsSaved_RemovedAndFailedWhenItIsBack()
    {
        await using var core = await StartOnAsync(await _server.NewDatabaseAsync(Cancellation), store => store.BusyTimeoutSeconds = 2);
        core.Machine.OnStart = async (_, _) =>
        {
            await _server.StopAsync(Cancellation);
            return null;
        };
        ExpectFault(await core.Sandboxes.CreateAsync(Team, new() { Name = "web" }, null, true, Cancellation), FaultCode.StoreUnavailable);
        Assert.Empty(core.Machine.Live);
        core.Machine.OnStart = (_, _) => Task.FromResult<Fault?>(null);

        await _server.StartAsync(Cancellation);

        await core.AdvanceUntilAsync("its failure is saved", TimeSpan.FromSeconds(5), () => core.Sandboxes.Use(Team, "web").Fault?.Code is FaultCode.SandboxNotFound);
        await core.CreateAsync(new() { Name = "web" });
        Assert.Single(core.Machine.Live);
    }

    [Fact]
    public async Task Gone_WhileASandboxExits_RecordedWithItsReasonWhenItIsBack()
    {
        await using var core = await StartOnAsync(await _server.NewDatabaseAsync(Cancellation), store => store.BusyTimeoutSeconds = 2);
        var sandbox = await core.CreateAsync();
        await _server.StopAsync(Cancellation);
        core.Machine.Exit(sandbox.Id, EndReason.OutOfMemory);
        await Eventually.HoldsAsync("it is freed", () => core.Machine.Live.Count == 0, Cancellation);

        await _server.StartAsync(Cancellation);

        await core.AdvanceUntilAsync("it is recorded", TimeSpan.FromSeconds(5), () => core.GetAsync(sandbox.Id) is { IsCompletedSuccessfully: true } read && read.GetAwaiter().GetResult().State is SandboxState.Stopped);
        Assert.Equal(EndReason.OutOfMemory, (await core.GetAsync(sandbox.Id)).Reason);
    }

    [Fact]
    public async Task Silent_CallsAreRefusedInTimeAndWorkWhenItSpeaks()
    {
        await using var core = await StartOnAsync(await _server.NewDatabaseAsync(Cancellation), store => store.BusyTimeoutSeconds = 1);
        await core.CreateAsync(new() { Name = "web", TimeoutSeconds = 0 });
        _server.Freeze();

        var together = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => core.Sandboxes.CreateAsync(Team, new() { Name = "new" }, null, true, Cancellation)));

        Assert.All(together, result => ExpectFault(result, FaultCode.StoreUnavailable));
        Expect(core.Sandboxes.Use(Team, "web")).Dispose();
        _server.Thaw();
        await Eventually.HoldsAsync("it is created", async () => (await core.Sandboxes.CreateAsync(Team, new() { Name = "new" }, null, true, Cancellation)).Succeeded, Cancellation);
        Assert.Equal(2, core.Machine.Live.Count);
    }

    [Fact]
    public async Task Start_Gone_SaysWhatIsMissing()
    {
        await using var core = await StartOnAsync(await _server.NewDatabaseAsync(Cancellation));
        await core.StopHostAsync();
        await _server.StopAsync(Cancellation);

        var failure = await Assert.ThrowsAsync<MachineUnavailableException>(core.StartHostAsync);

        Assert.Contains("does not answer", failure.Fault.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_SavedButNotKnownToBe_IsMadeNotToHaveBeen()
    {
        await using var core = await StartOnAsync(await _server.NewDatabaseAsync(Cancellation));
        var like = await core.CreateAsync();
        var lost = like with { Id = SandboxId.New(), Spec = like.Spec with { Name = "web" }, State = SandboxState.Creating, StartedAt = null, ExpiresAt = null };
        Expect(await core.Services.GetRequiredService<SandboxStore>().AddAsync(lost, new("key-1", "hash"), () => { }));
        core.Services.GetRequiredService<DoubtfulCreates>().Note(lost.Id);

        var again = Expect(await core.Sandboxes.CreateAsync(Team, new() { Name = "web" }, "key-1", true, Cancellation));

        Assert.NotEqual(lost.Id, again.Id);
        ExpectFault(await core.Sandboxes.GetAsync(Team, lost.Id.Value, Cancellation), FaultCode.SandboxNotFound);
        Assert.Empty(await core.EventsAsync(lost.Id));
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
