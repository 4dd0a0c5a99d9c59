using System.Net;
using Atoll.Agent.Protocol.Client;
using Atoll.Machine.Guests.Linking;
using Microsoft.Extensions.Time.Testing;

namespace Atoll.Machine.Tests.Guests;

public sealed class LinkPatienceTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private readonly FakeTimeProvider _time = new();
    private readonly GuestLink _link;
    private bool _frozen;

    public LinkPatienceTests() => _link = new GuestLink(Client(), Limit, _time, () => _frozen);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task MayTryAgain_FirstTime_IsAtOnce()
    {
        var asked = new LinkPatience(_link).MayTryAgainAsync(Cancellation);
        Assert.True(asked.IsCompleted);
        Assert.True(await asked);
    }

    [Fact]
    public async Task MayTryAgain_NeverAnswered_EndsAfterTheLimit()
    {
        var patience = new LinkPatience(_link);
        var (tries, begun) = (0, _time.GetTimestamp());
        while (await AdvancedAsync(patience.MayTryAgainAsync(Cancellation))) tries++;
        Assert.InRange(tries, 60, 200);
        Assert.InRange(_time.GetElapsedTime(begun), Limit, Limit + TimeSpan.FromSeconds(2));
    }

    [Fact]
    public async Task MayTryAgain_AnsweredInBetween_BeginsAnew()
    {
        var patience = new LinkPatience(_link);
        for (var hour = 0; hour < 100; hour++)
        {
            Assert.True(await AdvancedAsync(patience.MayTryAgainAsync(Cancellation)));
            _time.Advance(TimeSpan.FromSeconds(59));
            patience.Answered();
        }
    }

    [Fact]
    public async Task MayTryAgain_Frozen_WaitsForHoursAndThenHasAllItsTime()
    {
        var patience = new LinkPatience(_link);
        Assert.True(await patience.MayTryAgainAsync(Cancellation));
        _frozen = true;
        var asked = patience.MayTryAgainAsync(Cancellation);
        for (var minute = 0; minute < 300; minute++) _time.Advance(TimeSpan.FromMinutes(1));
        Assert.False(asked.IsCompleted);
        _frozen = false;
        Assert.True(await AdvancedAsync(asked));
        _time.Advance(Limit - TimeSpan.FromSeconds(1));
        Assert.True(await AdvancedAsync(patience.MayTryAgainAsync(Cancellation)));
    }

    [Fact]
    public async Task MayTryAgain_Asleep_WaitsUntilItWakes()
    {
        _link.Sleep();
        var asked = new LinkPatience(_link).MayTryAgainAsync(Cancellation);
        _time.Advance(TimeSpan.FromDays(3));
        Assert.False(asked.IsCompleted);
        _link.Wake(Client());
        Assert.True(await asked);
    }

    [Fact]
    public async Task MayTryAgain_AsleepAndEnded_IsOfNoUse()
    {
        _link.Sleep();
        var asked = new LinkPatience(_link).MayTryAgainAsync(Cancellation);
        _link.End();
        Assert.False(await asked);
    }

    [Fact]
    public async Task MayTryAgain_AsleepAndTheClientLeaves_IsCancelled()
    {
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        _link.Sleep();
        var asked = new LinkPatience(_link).MayTryAgainAsync(leaving.Token);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
    }

    [Fact]
    public async Task Delay_HeldAndAsleep_CountsOnlyTheTimeInWhichItRuns()
    {
        var delay = AwakeTime.DelayAsync(_link, TimeSpan.FromSeconds(10), Cancellation);
        await StepAsync(5);
        var hold = _link.Hold();
        await StepAsync(1000);
        hold.Dispose();
        await StepAsync(2);
        Assert.False(delay.IsCompleted);
        _link.Sleep();
        await StepAsync(100);
        _link.Wake(Client());
        await StepAsync(1);
        Assert.False(delay.IsCompleted);
        while (!delay.IsCompleted) await StepAsync(1);
        await delay;
    }

    private static AgentClient Client() => new(new IPEndPoint(IPAddress.Loopback, 1), new byte[32], TimeProvider.System);

    private async Task StepAsync(int seconds)
    {
        for (var second = 0; second < seconds; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
    }

    /// <summary>Moves the clock on until there is an answer.</summary>
    private async Task<bool> AdvancedAsync(Task<bool> asked)
    {
        while (!asked.IsCompleted)
        {
            _time.Advance(TimeSpan.FromMilliseconds(5));
            await Task.Yield();
        }

        return await asked;
    }
}
