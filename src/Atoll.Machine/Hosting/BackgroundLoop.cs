using Microsoft.Extensions.Logging;

namespace Atoll.Machine.Hosting;

/// <summary>
/// Keeps a loop of this room's going until the server stops. One that fails in a way that nobody thought of is begun again, later each time, and the log says so: it must neither end the server nor
/// end by itself without a word, which is found out when networks or rules are missing.
/// </summary>
internal static partial class BackgroundLoop
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    /// <param name="body">Ends by itself, or by cancellation, when <paramref name="stop"/> is signalled.</param>
    /// <returns>Done when the loop has ended for good; never failed.</returns>
    public static Task RunAsync(string name, Func<Task> body, TimeProvider time, ILogger log, CancellationToken stop) => Task.Run(
        async () =>
        {
            for (var pause = ShortestPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
            {
                try
                {
                    await body();
                    return;
                }
                catch (OperationCanceledException) when (stop.IsCancellationRequested)
                {
                    return;
                }
                catch (Exception failure)
                {
                    LogFailed(log, name, pause, failure);
                }

                await Task.Delay(pause, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (stop.IsCancellationRequested) return;
            }
        },
        CancellationToken.None);

    [LoggerMessage(2063, LogLevel.Critical, "{Loop} failed, which is a bug; it is begun again in {Pause}.")]
    private static partial void LogFailed(ILogger log, string loop, TimeSpan pause, Exception failure);
}
