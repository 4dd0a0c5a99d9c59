using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;
using Atoll.Core.Store;
using Atoll.Core.Tests.Fakes;
using Atoll.Core.Tests.Sandboxes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using static Atoll.Core.Tests.Fakes.TestCore;

namespace Atoll.Core.Tests.Store;

public abstract class JanitorTests : StoreSuite
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Clean_TooManyAndTooOld_OnlyTheNewestEndsAndTheLivingStay()
    {
        await using var core = await StartAsync(store => (store.EndedSandboxesKept, store.EventsKept) = (3, 10));
        var living = await core.CreateAsync(new() { TimeoutSeconds = 0 });
        List<SandboxId> ended = [];
        for (var i = 0; i < 6; i++)
        {
            var sandbox = Expect(await core.Sandboxes.CreateAsync(Team, new(), $"key-{i}", true, Cancellation));
            ended.Add(sandbox.Id);
            core.Clock.Advance(TimeSpan.FromSeconds(1));
            Expect(await core.Sandboxes.DeleteAsync(Team, sandbox.Id.Value, Cancellation));
        }

        await CleanAsync(core);

        Assert.Equal(ended.Skip(3).Reverse(), await EndedAsync(core));
        Assert.Equal(10, (await core.EventsAsync()).Count);
        ExpectFault(await core.Sandboxes.GetAsync(Team, ended[0].Value, Cancellation), FaultCode.SandboxNotFound);

        await PassAsync(core, TimeSpan.FromDays(8));
        await CleanAsync(core);
        Assert.Empty(await EndedAsync(core));
        Assert.Equal(10, (await core.EventsAsync()).Count);
        await using (var context = await core.Services.GetRequiredService<IStoreEngine>().Contexts.CreateDbContextAsync(Cancellation))
        {
            Assert.Equal(0, await context.Claims.CountAsync(Cancellation));
        }

        await PassAsync(core, TimeSpan.FromDays(31));
        await CleanAsync(core);
        Assert.Empty(await core.EventsAsync());
        Assert.Equal(SandboxState.Running, (await core.GetAsync(living.Id)).State);
    }

    // While the server is down: no timer has to tick through the days.
    private static async Task PassAsync(TestCore core, TimeSpan time)
    {
        await core.StopHostAsync();
        core.Clock.Advance(time);
        await core.StartHostAsync();
    }

    private static Task CleanAsync(TestCore core) =>
        core.Services.GetServices<Atoll.Core.Lifetime.ICoreLoop>().OfType<Janitor>().Single().CleanAsync(Cancellation);

    private static async Task<IEnumerable<SandboxId>> EndedAsync(TestCore core) =>
        Expect(await core.Sandboxes.ListAsync(Team, LifecycleTests.Everything with { States = [SandboxState.Deleted] }, Cancellation)).Items.Select(x => x.Id);
}
