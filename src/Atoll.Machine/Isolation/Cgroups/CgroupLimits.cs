using Atoll.Core.Sandboxes;

namespace Atoll.Machine.Isolation.Cgroups;

/// <summary>A sandbox's limits in the kernel's units.</summary>
/// <param name="CpuQuota">Microseconds of CPU per <see cref="CpuPeriod"/>, or <see cref="NoQuota"/>.</param>
/// <param name="Tasks">Processes and threads on the host.</param>
/// <param name="CpuWeight">Of the processors' time when there is not enough for all sandboxes, in hundredths of what one core's sandbox gets.</param>
internal sealed record CgroupLimits(long MemoryBytes, long CpuQuota, long Tasks, int CpuWeight)
{
    /// <summary>Microseconds: the kernel's own default.</summary>
    public const ulong CpuPeriod = 100_000;

    /// <summary>As much as there is, in v1's words.</summary>
    public const long NoQuota = -1;

    /// <summary>
    /// v1 counts what lies in TCP and UDP sockets (its name for both is TCP) apart from all other memory, and by itself without limit (v2 counts it with the rest). A quarter: in a sandbox of 512 MiB a
    /// thousand connections may have 128 KiB each on their way; what would have more waits, as on a slow network.
    /// </summary>
    public long SocketBytes => MemoryBytes / 4;

    // The kernel refuses less.
    private const long SmallestQuota = 1000;

    // What the kernel takes, v2: 1 to 10000. v1 takes more.
    private const int SmallestWeight = 1;
    private const int LargestWeight = 10_000;

    /// <param name="limits">What the sandbox may use.</param>
    /// <param name="tasks">From the processes inside to tasks on the host, which is the runtime's matter.</param>
    /// <param name="overheadMiB">What the runtime's own processes may use beside it.</param>
    public static CgroupLimits For(SandboxLimits limits, Func<int, long> tasks, int overheadMiB = 0) => new(
        (limits.MemoryMiB + overheadMiB) * 1024L * 1024L,
        Math.Max(SmallestQuota, (long)(limits.Cpu * CpuPeriod)),
        tasks(limits.Processes),
        (int)Math.Clamp(limits.Cpu * 100, SmallestWeight, LargestWeight));
}
