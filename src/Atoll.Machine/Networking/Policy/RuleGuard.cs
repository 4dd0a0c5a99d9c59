using Atoll.Machine.Hosting;
using Atoll.Machine.Native.Netlink;
using Microsoft.Extensions.Logging;

namespace Atoll.Machine.Networking.Policy;

/// <summary>
/// Puts the rules back when somebody else took them: <c>systemctl restart nftables</c> flushes every table of a Debian host, and living sandboxes would then reach the host.
/// The kernel tells of it, so the gap is the time of one load (about 10 ms).
/// </summary>
internal sealed partial class RuleGuard(Firewall firewall, TimeProvider time, ILogger<RuleGuard> log) : IAsyncDisposable
{
    private static readonly TimeSpan RetryAfterFailure = TimeSpan.FromSeconds(1);
    private readonly CancellationTokenSource _stop = new();
    private Task _work = Task.CompletedTask;

    public void Start()
    {
        // Made here: what happens from now on is told.
        TableEvents? first = new();
        _work = BackgroundLoop.RunAsync("Guarding the network rules", () => WatchAsync(Interlocked.Exchange(ref first, null) ?? new TableEvents()), time, log, _stop.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _work;
        _stop.Dispose();
    }

    private async Task WatchAsync(TableEvents events)
    {
        using (events)
        {
            try
            {
                while (true)
                {
                    // Before the first wait too: after a failure, nobody has looked for a while.
                    while (!firewall.IsLoaded())
                    {
                        LogGone(firewall.Table);
                        if ((await firewall.LoadAsync(_stop.Token)).Fault is not { } fault) break;
                        LogNotLoaded(fault.Detail);
                        await Task.Delay(RetryAfterFailure, time, _stop.Token);
                    }

                    await events.WaitAsync(_stop.Token);
                }
            }
            catch (OperationCanceledException)
            {
                // Stopped.
            }
        }
    }

    [LoggerMessage(4011, LogLevel.Warning, "The network rules (table {Table}) were removed by another program; loading them again")]
    private partial void LogGone(string table);

    [LoggerMessage(4012, LogLevel.Critical, "Sandboxes run without network rules: {Detail}")]
    private partial void LogNotLoaded(string detail);
}
