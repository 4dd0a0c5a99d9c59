using Atoll.Core.Lifetime;
using Atoll.Core.Sandboxes.Metering;
using Atoll.Core.Store;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Atoll.Core.Sandboxes.Usage;

/// <summary>Removes usage that is older, or more, than is to be kept, once an hour: rows are hours.</summary>
internal sealed partial class UsageCleaner(UsageStore store, IOptions<UsageOptions> options, TimeProvider time, ILogger<UsageCleaner> log) : ICoreLoop
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    public async Task RunAsync(CancellationToken stopping)
    {
        using PeriodicTimer timer = new(Interval, time);
        do
        {
            await CleanAsync(stopping);
        }
        while (await timer.WaitForNextTickAsync(stopping));
    }

    internal async Task CleanAsync(CancellationToken stopping)
    {
        var cleaned = await store.CleanAsync(SandboxMeter.HourOf(time.GetUtcNow().AddDays(-options.Value.RetentionDays)), options.Value.RowsKept, stopping);
        if (cleaned is { Succeeded: true, Value: > 0 and var count }) LogCleaned(log, count);
    }

    [LoggerMessage(1290, LogLevel.Information, "Removed {Count} rows of usage that were too old or too many.")]
    private static partial void LogCleaned(ILogger log, int count);
}
