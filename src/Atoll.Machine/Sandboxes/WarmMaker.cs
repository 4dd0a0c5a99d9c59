using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;
using Atoll.Machine.Warm;

namespace Atoll.Machine.Sandboxes;

/// <summary>Warm sandboxes are started as all others are, under a new id, and with no way out of their network.</summary>
internal sealed class WarmMaker(SandboxStarter starter, SandboxRemover remover) : IWarmMaker
{
    public async Task<Result<WarmSandbox>> MakeAsync(WarmKey key, SandboxLimits limits, CancellationToken cancellation)
    {
        SandboxSpec spec = new()
        {
            Template = key.Template,
            Isolation = key.Isolation,
            Limits = limits,
            User = "",
            WorkingDirectory = "",
            Lifecycle = new(0, LifecycleAction.Delete, 0, LifecycleAction.Delete),
            Egress = EgressDefault.Deny,
        };
        if (!(await starter.StartAsync(SandboxId.New(), spec, cancellation)).TryGet(out var handle, out var fault)) return fault;
        var measured = await handle.Runtime.MeasureAsync(handle.Id, cancellation);
        return new WarmSandbox(key, handle, limits, measured.TryGet(out var usage, out _) ? usage.MemoryBytes : 0);
    }

    // Its own time, not the caller's: it is bounded, and what is left is tried again.
    public Task DiscardAsync(SandboxId id) => remover.RemoveAsync(id, CancellationToken.None);
}
