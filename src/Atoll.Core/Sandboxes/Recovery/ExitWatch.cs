using Atoll.Core.Lifetime;
using Atoll.Core.Machines;
using Atoll.Core.Sandboxes.Grains;
using Atoll.Core.Sandboxes.Living;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Atoll.Core.Sandboxes.Recovery;

/// <summary>Sandboxes whose process 1 ended by itself: each is stopped, with the reason, by its grain. Its disk stays.</summary>
internal sealed partial class ExitWatch(IMachine machine, SandboxDirectory directory, IGrainFactory grains, IOptions<SandboxOptions> options, ILogger<ExitWatch> log) : ICoreLoop
{
    // Side by side: one removal that takes long holds up no other.
    public Task RunAsync(CancellationToken stopping) => Parallel.ForEachAsync(
        machine.Exits(stopping), new ParallelOptions { MaxDegreeOfParallelism = options.Value.Parallelism, CancellationToken = stopping }, async (exit, _) => await HandleAsync(exit));

    private async ValueTask HandleAsync(SandboxExit exit)
    {
        try
        {
            LogExited(log, exit.Id, exit.Reason);
            if (directory.Find(exit.Id) is null)
            {
                // Ended before the news came; removing it once more costs nothing.
                await machine.RemoveAsync(exit.Id, CancellationToken.None);
                return;
            }

            // What fails here is logged by the grain, which tries again by the clock.
            await grains.GetGrain<ISandboxGrain>(exit.Id.Value).FaultAsync(new(exit.Reason, exit.Detail));
        }
        catch (Exception failure)
        {
            LogFailed(log, exit.Id, failure);
        }
    }

    [LoggerMessage(1280, LogLevel.Warning, "Process 1 of sandbox {Sandbox} ended by itself: {Reason}.")]
    private static partial void LogExited(ILogger log, SandboxId sandbox, EndReason reason);

    [LoggerMessage(1281, LogLevel.Error, "The exit of sandbox {Sandbox} could not be handled.")]
    private static partial void LogFailed(ILogger log, SandboxId sandbox, Exception failure);
}
