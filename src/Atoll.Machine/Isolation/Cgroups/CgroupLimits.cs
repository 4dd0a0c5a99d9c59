using Atoll.Core.Sandboxes;

namespace Atoll.Machine.Isolation.Cgroups;

/// <summary>A sandbox's limits in the kernel's units.</summary>
/// <param name="CpuQuota">Microseconds of CPU per <see cref="CpuPeriod"/>, or <see cref="NoQuota"/>.</param>
/// <param name="Tasks">Processes and threads on the host.</param>
internal sealed record CgroupLimits(long MemoryBytes, long CpuQuota, long Tasks)
{
    /// <summary>Microseconds: the kernel's own default.</summary>
    public const ulong CpuPeriod = 100_000;

    /// <summary>The one core to which it is bound while it starts, so that its runtime counts one; null: all of them. Only in a bundle, and lifted by <see cref="SandboxCgroups.UseAllCores"/>.</summary>
    public string? StartsOn { get; init; }

    /// <summary>As much as there is, in v1's words.</summary>
    public const long NoQuota = -1;

    // The kernel refuses less.
    private const long SmallestQuota = 1000;

    /// <param name="limits">What the sandbox may use.</param>
    /// <param name="tasks">From the processes inside to tasks on the host, which is the runtime's matter.</param>
    /// <param name="overheadMiB">What the runtime's own processes may use beside it.</param>
    public static CgroupLimits For(SandboxLimits limits, Func<int, long> tasks, int overheadMiB = 0) => new(
        (limits.MemoryMiB + overheadMiB) * 1024L * 1024L,
        Math.Max(SmallestQuota, (long)(limits.Cpu * CpuPeriod)),
        tasks(limits.Processes));
}
