using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;

namespace Atoll.Machine.Warm;

/// <summary>Starts and discards what the pool holds. Threads: any member at any time.</summary>
internal interface IWarmMaker
{
    /// <summary>A started sandbox with a closed network, whose agent has answered. On a fault nothing of it is left.</summary>
    Task<Result<WarmSandbox>> MakeAsync(WarmKey key, SandboxLimits limits, CancellationToken cancellation);

    /// <summary>Frees all of it. What cannot be freed now is tried again in the background.</summary>
    Task DiscardAsync(SandboxId id);
}
