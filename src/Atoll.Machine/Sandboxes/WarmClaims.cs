using Atoll.Core.Sandboxes;
using Atoll.Machine.Live;
using Atoll.Machine.Networking;
using Atoll.Machine.Storage;
using Atoll.Machine.Warm;

namespace Atoll.Machine.Sandboxes;

/// <summary>Makes a warm sandbox the one that was asked for: its limits, then its network. Environment, user and directory come with each process and are nothing of the host's.</summary>
internal sealed class WarmClaims(WarmPool pool, ISandboxNetwork network, ISandboxStorage storage)
{
    /// <summary>The sandbox, now with what was asked for; null when the id is no warm one's, or what it names cannot be used any more and is to be removed.</summary>
    public async Task<LiveHandle?> TryClaimAsync(SandboxId id, SandboxSpec spec, CancellationToken cancellation)
    {
        if (!pool.TryClaim(id, out var warm)) return null;
        var (had, wanted) = (warm.Limits, spec.Limits);
        if (had != wanted && (await warm.Handle.Runtime.ApplyLimitsAsync(id, wanted, cancellation)).Fault is not null) return null;
        if (had.DiskMiB != wanted.DiskMiB && (await storage.LimitAsync(id, (long)wanted.DiskMiB << 20, cancellation)).Fault is not null) return null;
        if (had.Processes != wanted.Processes && !await GuestLinks.SetLimitsAsync(warm.Handle, wanted, cancellation)) return null;
        if ((await network.AllowAsync(warm.Handle.Slot, spec.Egress, cancellation)).Fault is not null) return null;
        var measured = await warm.Handle.Runtime.MeasureAsync(id, cancellation);
        return measured.TryGet(out var usage, out _) ? warm.Handle with { CpuSecondsBefore = usage.CpuSeconds } : null;
    }
}
