using Atoll.Machine.Hosting;

namespace Atoll.Machine.Tests.Hosting;

public sealed class BackgroundLoopTests
{
    [Fact]
    public async Task Loop_ThatFails_IsBegunAgainAndSaysSo()
    {
        var log = new CountingLogger<BackgroundLoopTests>();
        using var stop = new CancellationTokenSource();
        var second = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var times = 0;
        var loop = BackgroundLoop.RunAsync(
            "This",
            async () =>
            {
                if (++times == 1) throw new FormatException("A bug.");
                second.SetResult();
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop.Token);
            },
            TimeProvider.System,
            log,
            stop.Token);
        await second.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.Equal(1, log.Count);
        await stop.CancelAsync();
        await loop.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.Equal(2, times);
    }

    [Fact]
    public async Task Loop_ThatAlwaysFails_EndsWithItsServer()
    {
        using var stop = new CancellationTokenSource();
        var loop = BackgroundLoop.RunAsync("This", () => throw new FormatException("A bug."), TimeProvider.System, new CountingLogger<BackgroundLoopTests>(), stop.Token);
        await stop.CancelAsync();
        await loop.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }
}
