using System.Threading.Channels;
using Atoll.Core.Lifetime;
using Atoll.Core.Sandboxes.Grains;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Atoll.Core.Sandboxes.Timing;

/// <summary>
/// One timer for all sandboxes: sleeps until the first is due and pokes its grain, which decides and sets its next time.
/// <para>Clocks. A time limit is a length of time: while this server runs it is counted on the <see cref="SteadyClock"/>, so a wall clock that jumps neither ends a sandbox
/// early nor keeps it. It is saved as a moment, because it must hold across restarts, and a restart goes by the wall clock: what fell due while the server was down is due at
/// once. Idleness is counted on a monotonic clock throughout.</para>
/// </summary>
internal sealed partial class LifecycleScheduler(IGrainFactory grains, IOptions<SandboxOptions> options, TimeProvider time, SteadyClock clock, ILogger<LifecycleScheduler> log) : ICoreLoop
{
    private static readonly TimeSpan LongestSleep = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(10);
    private readonly DueQueue _queue = new();
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>When to look at a sandbox again; null for never.</summary>
    public void Set(SandboxId id, DateTimeOffset? due)
    {
        if (_queue.Set(id, due)) _wake.Writer.TryWrite(true);
    }

    /// <summary>Something did not work and is to be tried again soon.</summary>
    public void Retry(SandboxId id) => Set(id, clock.Now + RetryAfter);

    public async Task RunAsync(CancellationToken stopping)
    {
        using SemaphoreSlim pokes = new(options.Value.Parallelism);
        await using var timer = time.CreateTimer(_ => _wake.Writer.TryWrite(true), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        try
        {
            while (true)
            {
                var now = clock.Now;
                foreach (var id in _queue.TakeDue(now))
                {
                    await pokes.WaitAsync(stopping);
                    _ = PokeAsync(id, pokes);
                }

                var sleep = _queue.Next is { } next ? next - now : LongestSleep;
                timer.Change(sleep <= TimeSpan.Zero ? TimeSpan.Zero : sleep < LongestSleep ? sleep : LongestSleep, Timeout.InfiniteTimeSpan);
                await _wake.Reader.ReadAsync(stopping);
            }
        }
        finally
        {
            // Every slot back: no poke uses them after they are gone.
            for (var slot = 0; slot < options.Value.Parallelism; slot++) await pokes.WaitAsync(CancellationToken.None);
        }
    }

    private async Task PokeAsync(SandboxId id, SemaphoreSlim pokes)
    {
        try
        {
            await grains.GetGrain<ISandboxGrain>(id.Value).PokeAsync();
        }
        catch (Exception failure)
        {
            LogFailed(log, id, failure);
            Retry(id);
        }
        finally
        {
            pokes.Release();
        }
    }

    [LoggerMessage(1210, LogLevel.Error, "Sandbox {Sandbox} was due but its grain failed; trying again.")]
    private static partial void LogFailed(ILogger log, SandboxId sandbox, Exception failure);
}
