using Atoll.Core.Lifetime;
using Atoll.Core.Machines;
using Atoll.Core.Sandboxes.Living;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Atoll.Core.Sandboxes.Usage;

/// <summary>Measures every running sandbox in turn. A round that takes longer than the interval delays the next one; rounds never overlap.</summary>
internal sealed partial class UsageSampler(
    SandboxDirectory directory, IMachine machine, UsageBook book, IOptions<SandboxOptions> options, TimeProvider time, ILogger<UsageSampler> log) : ICoreLoop
{
    public async Task RunAsync(CancellationToken stopping)
    {
        using PeriodicTimer timer = new(TimeSpan.FromSeconds(options.Value.UsageIntervalSeconds), time);
        while (await timer.WaitForNextTickAsync(stopping))
        {
            var running = directory.Living.Where(x => x is { Ending: null, Sandbox.State: SandboxState.Running });
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
