using Atoll.Core.Lifetime;
using Atoll.Core.Sandboxes.Grains;
using Atoll.Core.Sandboxes.Living;

namespace Atoll.Core.Ports.Service;

/// <summary>Takes exposures away whose time was up, with an event. They let nobody in from the moment on; this is for the list, within half a minute.</summary>
internal sealed class PortExpiry(SandboxDirectory directory, IGrainFactory grains, TimeProvider time) : ICoreLoop
{
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(30);

    public async Task RunAsync(CancellationToken stopping)
    {
        using PeriodicTimer timer = new(Round, time);
        while (await timer.WaitForNextTickAsync(stopping)) await LookAsync(stopping);
    }

    internal async Task LookAsync(CancellationToken stopping)
    {
        var now = time.GetUtcNow();
        foreach (var sandbox in directory.Living.Select(entry => entry.Sandbox).Where(sandbox => sandbox.Spec.Ports is not null).ToList())
        {
            // What cannot be saved now is tried again in the next round.
            foreach (var (port, _) in sandbox.Spec.Ports!.Where(pair => !pair.Value.IsOpen(now))) await grains.GetGrain<ISandboxGrain>(sandbox.Id.Value).CloseAsync(port, expired: true).WaitAsync(stopping);
        }
    }
}
