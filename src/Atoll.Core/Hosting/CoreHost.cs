using Atoll.Core.Lifetime;
using Atoll.Core.Sandboxes;
using Atoll.Core.Sandboxes.Grains;
using Atoll.Core.Sandboxes.Living;
using Atoll.Core.Sandboxes.Recovery;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Atoll.Core.Hosting;

/// <summary>
/// Starts and stops Core around the other services of the process.
/// <para>Before any service starts (the silo and the web server among them): the database is brought up to date and what lives is found again, so that no call can meet
/// a half known world, and recovery is the only writer. After all have started: the clock, the exits, the samples. Before any stops: no new sandbox is taken, those
/// being created are given up; running ones go on without the server.</para>
/// </summary>
internal sealed partial class CoreHost(
    SandboxRecovery recovery, IEnumerable<ICoreLoop> loops, CoreReadiness readiness, SandboxDirectory directory, IGrainFactory grains, TimeProvider time, ILogger<CoreHost> log)
    : IHostedLifecycleService, IDisposable
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);
    private readonly CancellationTokenSource _stopping = new();
    private Task[] _running = [];

    public Task StartingAsync(CancellationToken cancellationToken) => recovery.RunAsync(cancellationToken);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        _running = [.. loops.Select(loop => Task.Run(() => RunAsync(loop), CancellationToken.None))];
        readiness.Ready();
        return Task.CompletedTask;
    }

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        var reserved = readiness.Stopping();
        Ending given = new(SandboxState.Failed, EndReason.ServerRestart, "The server was stopped while creating it.");
        try
        {
            await reserved.WaitAsync(cancellationToken);
            var creating = directory.Living.Where(x => x.Sandbox.State is SandboxState.Creating).Select(x => grains.GetGrain<ISandboxGrain>(x.Sandbox.Id.Value).EndAsync(given));
            await Task.WhenAll(creating).WaitAsync(cancellationToken);
            await _stopping.CancelAsync();
            await Task.WhenAll(_running).WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // Out of patience. The next start finds what was being created, and what was being ended, and completes it.
            LogLeft(log);
            await _stopping.CancelAsync();
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _stopping.Dispose();

    /// <summary>A bug in one row of one table must not end accounts, timeouts or cleaning for all: the loop is begun again, later each time.</summary>
    private async Task RunAsync(ICoreLoop loop)
    {
        for (var pause = ShortestPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                await loop.RunAsync(_stopping.Token);
                return;
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                LogLoopFailed(log, loop.GetType().Name, pause, failure);
            }

            await Task.Delay(pause, time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_stopping.IsCancellationRequested) return;
        }
    }

    [LoggerMessage(1000, LogLevel.Critical, "{Loop} ended by a failure, which is a bug; it is begun again in {Pause}.")]
    private static partial void LogLoopFailed(ILogger log, string loop, TimeSpan pause, Exception failure);

    [LoggerMessage(1001, LogLevel.Warning, "The server stops while sandboxes are still being created or ended; that is completed at the next start.")]
    private static partial void LogLeft(ILogger log);
}
