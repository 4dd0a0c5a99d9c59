using Atoll.Core.Checkpoints;
using Atoll.Core.Checkpoints.Moving;
using Atoll.Core.Faults;
using Atoll.Core.Teams;
using Microsoft.Extensions.Options;

namespace Atoll.Core.Tests.Checkpoints;

public sealed class TransferTurnsTests
{
    private static readonly TeamId Greedy = new("greedy");
    private static readonly TeamId Other = new("other");

    private readonly List<TeamId> _begun = [];

    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 2)]
    public async Task Take_OneTeamHasManyWaiting_AnotherComesNext(int atOnce, int turn)
    {
        TransferTurns turns = new(Options.Create(new ExportOptions { AtOnce = atOnce }));
        List<TaskCompletionSource> ends = [];
        var many = Enumerable.Range(0, 20).Select(_ => Begin(turns, Greedy, ends)).ToList();
        Assert.Equal(1, Count());
        var one = Begin(turns, Other, ends);
        if (atOnce == 1) ends[0].SetResult();
        await UntilAsync(turn);
        Assert.Equal(Other, _begun[turn - 1]);
        while (!many.Append(one).All(task => task.IsCompleted))
        {
            foreach (var end in ends) end.TrySetResult();
            await Task.Yield();
        }

        Assert.Equal(21, Count());
    }

    [Fact]
    public async Task Take_WaitingIsCancelled_TheTurnIsNotLost()
    {
        TransferTurns turns = new(Options.Create(new ExportOptions { AtOnce = 1 }));
        List<TaskCompletionSource> ends = [];
        using CancellationTokenSource left = new();
        var first = Begin(turns, Greedy, ends);
        var gone = turns.TakeAsync<Done>(Greedy, () => Task.FromResult<Result<Done>>(Done.Value), left.Token);
        var last = Begin(turns, Greedy, ends);
        await left.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
        ends[0].SetResult();
        await UntilAsync(2);
        ends[1].SetResult();
        await Task.WhenAll(first, last);
    }

    private Task<Result<Done>> Begin(TransferTurns turns, TeamId team, List<TaskCompletionSource> ends)
    {
        TaskCompletionSource end = new(TaskCreationOptions.RunContinuationsAsynchronously);
        ends.Add(end);
        return turns.TakeAsync<Done>(
            team,
            async () =>
            {
                lock (_begun) _begun.Add(team);
                await end.Task;
                return Done.Value;
            },
            TestContext.Current.CancellationToken);
    }

    private int Count()
    {
        lock (_begun) return _begun.Count;
    }

    private async Task UntilAsync(int begun)
    {
        while (Count() < begun)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
