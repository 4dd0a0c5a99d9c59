using Atoll.Core.Lifetime;
using Microsoft.Extensions.Logging;

namespace Atoll.Core.Store;

/// <summary>
/// Takes the database again when it was lost, and ends the server when another one has it by then: that one has already decided what has become of everything here.
/// Sandboxes run on, as at any end of the server.
/// </summary>
internal sealed partial class HoldKeeper(IStoreEngine engine, ServerEnd end, ILogger<HoldKeeper> log) : ICoreLoop
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    public async Task RunAsync(CancellationToken stopping)
    {
        while (true)
        {
            await engine.Hold.LostAsync(stopping);
            LogLost(log);
            while (await engine.Hold.TakeAsync(stopping) is { } refusal)
            {
                if (refusal.ByAnother)
                {
                    LogTaken(log, refusal.Fault.Detail);
                    end.Because(refusal.Fault);
                    return;
                }

                // The system's own clock: a database does not come back by a test's.
                await Task.Delay(RetryAfter, TimeProvider.System, stopping);
            }

            LogTakenAgain(log);
        }
    }

    [LoggerMessage(1120, LogLevel.Warning, "The connection that keeps other servers off the database is lost. It is taken again before anything is changed.")]
    private static partial void LogLost(ILogger log);

    [LoggerMessage(1121, LogLevel.Information, "The database is kept from other servers again.")]
    private static partial void LogTakenAgain(ILogger log);

    [LoggerMessage(1122, LogLevel.Critical, "This server ends: {Detail}")]
    private static partial void LogTaken(ILogger log, string detail);
}
