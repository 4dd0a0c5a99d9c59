using Atoll.Core.Events;
using Atoll.Core.Lifetime;
using Atoll.Core.Sandboxes;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Atoll.Core.Code.Running;

/// <summary>Starts interpreters in sandboxes that have just begun to run, as <see cref="CodeOptions.Prewarm"/> says. One it misses (a burst, a failure) starts with its first call, as it would without.</summary>
internal sealed partial class CodePrewarmer(CodeContexts contexts, EventFeed events, ISandboxes sandboxes, IOptions<CodeOptions> options, ILogger<CodePrewarmer> log) : ICoreLoop
{
    // A start inside gVisor is work for a processor: creates go before it.
    private const int Parallelism = 2;

    public async Task RunAsync(CancellationToken stopping)
    {
        if (options.Value.Prewarm.Length == 0) return;
        using var running = events.Subscribe(happened => happened.Type == EventTypes.Running);
        await Parallel.ForEachAsync(
            running.Queue.ReadAllAsync(stopping), new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = stopping }, async (happened, token) => await WarmAsync(happened, token));
    }

    private async Task WarmAsync(SandboxEvent happened, CancellationToken cancellation)
    {
        try
        {
            if (!sandboxes.Use(happened.Team, happened.Sandbox.Value).TryGet(out var sandbox, out _)) return;
            using (sandbox)
            {
                using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation, sandbox.Ended);
                foreach (var word in options.Value.Prewarm)
                {
                    var warmed = await contexts.PrewarmAsync(sandbox, CodeLanguages.TryParse(word, out var language) ? language : default, over.Token);
                    if (warmed.Fault is { } fault) LogCold(log, word, happened.Sandbox, fault.Detail);
                }
            }
        }
        catch (Exception failure) when (!cancellation.IsCancellationRequested)
        {
            if (failure is not OperationCanceledException) LogFailed(log, happened.Sandbox, failure);
        }
    }

    [LoggerMessage(1500, LogLevel.Debug, "No {Language} was started beforehand in sandbox {Sandbox}: {Detail}")]
    private static partial void LogCold(ILogger log, string language, SandboxId sandbox, string detail);

    [LoggerMessage(1501, LogLevel.Error, "Starting interpreters in sandbox {Sandbox} failed.")]
    private static partial void LogFailed(ILogger log, SandboxId sandbox, Exception failure);
}
