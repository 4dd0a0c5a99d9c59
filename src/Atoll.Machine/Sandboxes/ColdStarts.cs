using Atoll.Machine.Hosting;
using Atoll.Machine.Warm;
using Microsoft.Extensions.Options;

namespace Atoll.Machine.Sandboxes;

/// <summary>
/// Turns for cold starts, first come, first served. A start is work for the processor from its first step to its last: a hundred side by side finish no sooner than a few at a
/// time, all of them last, and the sandboxes that run already get nothing meanwhile. Refilling the warm pool waits as long as anybody is here.
/// <para>Threads: any member at any time.</para>
/// </summary>
internal sealed class ColdStarts(RefillSignal refill, IOptions<MachineOptions> options) : IDisposable
{
    private const int PerCore = 2;
    private readonly SemaphoreSlim _turns = new(options.Value.StartsAtOnce > 0 ? options.Value.StartsAtOnce : PerCore * Environment.ProcessorCount);

    public async Task<T> TakeTurnAsync<T>(Func<Task<T>> start, CancellationToken cancellation)
    {
        refill.BeginColdStart();
        try
        {
            await _turns.WaitAsync(cancellation);
            try
            {
                return await start();
            }
            finally
            {
                _turns.Release();
            }
        }
        finally
        {
            refill.EndColdStart();
        }
    }

    public void Dispose() => _turns.Dispose();
}
