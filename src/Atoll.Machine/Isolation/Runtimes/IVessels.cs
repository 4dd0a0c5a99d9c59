using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;

namespace Atoll.Machine.Isolation.Runtimes;

/// <summary>
/// Sentries that have been created ahead and have started nothing, for saved memories to be restored into: all of a restore that does not depend on the image has then been done. Threads: any
/// member at any time; for one sandbox, one at a time.
/// </summary>
internal interface IVessels
{
    /// <summary>A sandbox starts by this plan: what a vessel for its memory has to be like.</summary>
    void Note(LaunchPlan plan);

    /// <summary>Its memory was saved, and may soon be restored.</summary>
    void Expect(SandboxId id);

    /// <summary>It is gone.</summary>
    void Forget(SandboxId id);

    /// <summary>
    /// Restores the plan's memory into a vessel, which is the sandbox from then on: run directory, cgroups, limits, network, root filesystem. Null: none is ready, and nothing has been touched.
    /// On a fault, what is left is the sandbox's and for its removal.
    /// </summary>
    Task<Result<RunningInit>?> TryRestoreAsync(LaunchPlan plan, CancellationToken cancellation);
}
