using System.Collections.Concurrent;
using Atoll.Core.Sandboxes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Atoll.Machine.Sandboxes;

/// <summary>
/// Sandboxes of which something could not be removed (a mount still busy, a full disk): tried again every minute until they are gone. Not kept over a restart,
/// whose recovery finds them by listing. Threads: any member at any time.
/// </summary>
internal sealed partial class Leftovers(IServiceProvider services, TimeProvider time, ILogger<Leftovers> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<SandboxId, string> _left = new();

    public void Add(SandboxId id, string reason)
    {
        if (_left.TryAdd(id, reason)) LogLeft(id, reason);
    }

    public void Gone(SandboxId id) => _left.TryRemove(id, out _);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pause, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) await RetryAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops; the next start finds what is left.
        }
    }

    private async Task RetryAsync(CancellationToken stopping)
    {
        // Resolved here: the remover reports to this class.
        var remover = services.GetRequiredService<SandboxRemover>();
        foreach (var id in _left.Keys)
        {
            try
            {
                await remover.RemoveAsync(id, stopping);
            }
            catch (Exception failure) when (!stopping.IsCancellationRequested)
            {
                // It stays on the list; the others have their turn all the same.
                LogStillLeft(id, failure);
            }
        }
    }

    [LoggerMessage(2020, LogLevel.Warning, "Something of sandbox {Sandbox} could not be removed and will be tried again: {Reason}")]
    private partial void LogLeft(SandboxId sandbox, string reason);

    [LoggerMessage(2021, LogLevel.Error, "Removing what is left of sandbox {Sandbox} failed; it is tried again.")]
    private partial void LogStillLeft(SandboxId sandbox, Exception failure);
}
