using System.Collections.Concurrent;
using Atoll.Machine.Hosting;
using Atoll.Machine.Sandboxes;
using Atoll.Machine.Warm;
using Atoll.Testing;
using Microsoft.Extensions.Options;

namespace Atoll.Machine.Tests.Sandboxes;

public sealed class ColdStartsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TakeTurn_MoreThanAtOnce_WaitInOrderAndKeepTheRefillerOff()
    {
        RefillSignal refill = new(TimeProvider.System);
        using ColdStarts starts = new(refill, Options.Create(new MachineOptions { StartsAtOnce = 2 }));
        ConcurrentQueue<int> begun = [];
        TaskCompletionSource[] gates = [.. Enumerable.Range(0, 5).Select(_ => new TaskCompletionSource())];
        var turns = gates.Select((gate, number) => starts.TakeTurnAsync(
            async () =>
            {
                begun.Enqueue(number);
                await gate.Task;
                return number;
            },
            Cancellation)).ToArray();

        Assert.Equal([0, 1], begun);
        gates[1].SetResult();
        Assert.Equal(1, await turns[1]);
        await Eventually.HoldsAsync("the third had its turn", () => begun.Count == 3, Cancellation);
        Assert.Equal([0, 1, 2], begun);
        Assert.True(refill.ColdStartUnderWay);
        foreach (var gate in gates) gate.TrySetResult();
        var ended = await Task.WhenAll(turns);
        Assert.Equal([0, 1, 2, 3, 4], ended);
        Assert.Equal([0, 1, 2], begun.Take(3));
        Assert.Equal([3, 4], begun.Skip(3).Order());
        Assert.False(refill.ColdStartUnderWay);
    }

    [Fact]
    public async Task TakeTurn_GivenUpOrFailed_FreesItsPlace()
    {
        RefillSignal refill = new(TimeProvider.System);
        using ColdStarts starts = new(refill, Options.Create(new MachineOptions { StartsAtOnce = 1 }));
        using CancellationTokenSource hurry = new();
        TaskCompletionSource<int> gate = new();
        var first = starts.TakeTurnAsync(() => gate.Task, Cancellation);
        var second = starts.TakeTurnAsync(() => Task.FromResult(2), hurry.Token);
        await hurry.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        gate.SetException(new InvalidOperationException());
        await Assert.ThrowsAsync<InvalidOperationException>(() => first);
        Assert.Equal(3, await starts.TakeTurnAsync(() => Task.FromResult(3), Cancellation));
        Assert.False(refill.ColdStartUnderWay);
    }
}
