using Atoll.Core.Lifetime;
using Atoll.Core.Machines;
using Atoll.Core.Sandboxes.Living;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Atoll.Core.Sandboxes.Usage;

/// <summary>
/// Measures every sandbox that has processes in turn. A round that takes longer than the interval delays the next one; rounds never overlap. Of those at rest, which may be thousands, only time is noted,
/// every ten minutes.
/// </summary>
internal sealed partial class UsageSampler(
    SandboxDirectory directory, IMachine machine, UsageBook book, IOptions<SandboxOptions> options, TimeProvider time, ILogger<UsageSampler> log) : ICoreLoop
{
    private static readonly TimeSpan RestInterval = TimeSpan.FromMinutes(10);

    public async Task RunAsync(CancellationToken stopping)
    {
        using PeriodicTimer timer = new(TimeSpan.FromSeconds(options.Value.UsageIntervalSeconds), time);
        var rested = time.GetTimestamp();
        while (await timer.WaitForNextTickAsync(stopping))
        {
            if (time.GetElapsedTime(rested) >= RestInterval)
            {
                rested = time.GetTimestamp();
                foreach (var entry in directory.Living.Where(x => x is { Ending: null, Turning: false } && x.Sandbox.State.IsAtRest())) book.Note(entry, null);
            }

            var running = directory.Living.Where(x => x is { Ending: null, Turning: false, Sandbox.State: SandboxState.Running or SandboxState.Paused });
            await Parallel.ForEachAsync(
                running, new ParallelOptions { MaxDegreeOfParallelism = options.Value.Parallelism, CancellationToken = stopping }, async (entry, token) => await SampleAsync(entry, token));
        }
    }

    public async Task SampleAsync(LiveEntry entry, CancellationToken cancellation)
    {
        try
        {
            var measured = await machine.MeasureAsync(entry.Sandbox.Id, cancellation);
            if (measured.TryGet(out var usage, out var fault))
            {
                // It has gone to rest meanwhile, and its counters begin anew.
                if (entry.Turning || entry.Sandbox.State.IsAtRest()) return;
                entry.Usage.Add(usage);
                book.Note(entry, usage);
            }
            else if (entry.Ending is null) LogUnmeasured(log, entry.Sandbox.Id, fault.Detail);
        }
        catch (Exception failure) when (!cancellation.IsCancellationRequested)
        {
            // A bug of one measurement must not end the sampling of all.
            LogFailed(log, entry.Sandbox.Id, failure);
        }
    }

    [LoggerMessage(1200, LogLevel.Debug, "Sandbox {Sandbox} could not be measured: {Detail}")]
    private static partial void LogUnmeasured(ILogger log, SandboxId sandbox, string detail);

    [LoggerMessage(1201, LogLevel.Error, "Measuring sandbox {Sandbox} failed.")]
    private static partial void LogFailed(ILogger log, SandboxId sandbox, Exception failure);
}
