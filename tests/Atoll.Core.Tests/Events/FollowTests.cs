using Atoll.Core.Events;
using Atoll.Core.Sandboxes;
using Atoll.Core.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;
using static Atoll.Core.Tests.Fakes.TestCore;

namespace Atoll.Core.Tests.Events;

public abstract class FollowTests : StoreSuite
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Follow_WhileSandboxesComeAndGo_NoGapNoDoubleInOrder()
    {
        await using var core = await StartAsync();
        const int Sandboxes = 200;
        await core.CreateAsync(); // Two events to replay.
        using CancellationTokenSource enough = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var quick = CollectAsync(core, 2 + (3 * Sandboxes), () => Task.CompletedTask, enough.Token);
        TaskCompletionSource late = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var slow = CollectAsync(core, 2 + (3 * Sandboxes), () => late.Task, enough.Token);

        await Parallel.ForEachAsync(Enumerable.Range(0, Sandboxes), Cancellation, async (_, token) =>
        {
            var sandbox = await core.CreateAsync();
            Expect(await core.Sandboxes.DeleteAsync(Team, sandbox.Id.Value, token));
        });

        // The slow one held its first event until its queue of 256 had overflowed.
        late.SetResult();
        var seen = await quick.WaitAsync(TimeSpan.FromSeconds(60), Cancellation);
        Assert.Equal(seen, await slow.WaitAsync(TimeSpan.FromSeconds(60), Cancellation));
        Assert.Equal(await core.EventsAsync(), seen);
        Assert.Equal(Enumerable.Range(1, seen.Count).Select(x => (long)x), seen.Select(x => x.Sequence));
    }

    [Fact]
    public async Task Follow_OneSandboxFromACursor_OnlyItsOwn()
    {
        await using var core = await StartAsync();
        var one = await core.CreateAsync();
        var cursor = (await core.EventsAsync())[^1].Sequence;
        await core.CreateAsync();
        Expect(await core.Sandboxes.ExtendAsync(Team, one.Id.Value, 99999, Cancellation));
        Expect(await core.Sandboxes.DeleteAsync(Team, one.Id.Value, Cancellation));

        List<SandboxEvent> seen = [];
        await foreach (var happened in core.Events.FollowAsync(Team, one.Id, cursor, Cancellation))
        {
            seen.Add(happened);
            if (seen.Count == 2) break;
        }

        Assert.Equal([EventTypes.Extended, EventTypes.Deleted], seen.Select(x => x.Type));
        Assert.Equal((SandboxState.Running, SandboxState.Deleted, EndReason.KilledByUser), (seen[1].From, seen[1].To, seen[1].Reason));
    }

    [Fact]
    public async Task Follow_HearsOfRunning_SandboxIsUsableAtOnce()
    {
        await using var core = await StartAsync();
        var follower = Task.Run(
            async () =>
            {
                var used = 0;
                await foreach (var happened in core.Events.FollowAsync(Team, null, 0, Cancellation))
                {
                    if (happened.Type != EventTypes.Running) continue;
                    Expect(core.Sandboxes.Use(Team, happened.Sandbox.Value)).Dispose();
                    if (++used == 50) break;
                }
            },
            Cancellation);

        await Parallel.ForEachAsync(Enumerable.Range(0, 50), Cancellation, async (_, _) => await core.CreateAsync());

        await follower.WaitAsync(TimeSpan.FromSeconds(60), Cancellation);
    }

    [Fact]
    public async Task Follow_Cancelled_LeavesNoFollower()
    {
        await using var core = await StartAsync();
        using CancellationTokenSource client = new();
        var following = CollectAsync(core, 1, () => Task.CompletedTask, client.Token);

        await client.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => following);
        Assert.Equal(0, core.Services.GetRequiredService<EventFeed>().Followers);
    }

    private static async Task<List<SandboxEvent>> CollectAsync(TestCore core, int count, Func<Task> beforeGoingOn, CancellationToken cancellation)
    {
        List<SandboxEvent> seen = [];
        await foreach (var happened in core.Events.FollowAsync(Team, null, 0, cancellation))
        {
            seen.Add(happened);
            if (seen.Count == count) break;
            if (seen.Count == 3) await beforeGoingOn();
        }

        return seen;
    }
}
