using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;
using Atoll.Core.Tracing;
using Atoll.Machine.Live;
using Atoll.Machine.Warm;

namespace Atoll.Machine.Sandboxes;

/// <summary>A live sandbox by the quickest way there is: the warm one that was reserved for it, else a cold start.</summary>
internal sealed class SandboxLauncher(WarmPool pool, WarmClaims claims, SandboxStarter starter, SandboxRemover remover, ColdStarts turns)
{
    public async Task<Result<(LiveHandle Handle, bool Warm)>> LaunchAsync(SandboxId id, SandboxSpec spec, CancellationToken cancellation)
    {
        if (pool.IsReserved(id))
        {
            using var claiming = AtollTrace.Start("machine.claim");
            if (await claims.TryClaimAsync(id, spec, cancellation) is { } handle) return (handle, true);

            // It died on its shelf, or the host refused: all of it goes, and the id is free for a start of its own.
            if ((await remover.RemoveAsync(id, cancellation)).Fault is { } left) return left;
        }

        using var starting = AtollTrace.Start("machine.start");
        return await turns.TakeTurnAsync(() => StartAsync(id, spec, cancellation), cancellation);
    }

    private async Task<Result<(LiveHandle Handle, bool Warm)>> StartAsync(SandboxId id, SandboxSpec spec, CancellationToken cancellation)
    {
        var started = await starter.StartAsync(id, spec, cancellation);
        if (started.Fault is { Code: FaultCode.CapacityExhausted } && pool.TryGiveUp(out var warm))
        {
            await remover.RemoveAsync(warm.Id, CancellationToken.None);
            started = await starter.StartAsync(id, spec, cancellation);
        }

        return started.Map(handle => (handle, false));
    }
}
