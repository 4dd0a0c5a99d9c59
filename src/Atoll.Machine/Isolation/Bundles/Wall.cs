using System.Collections.Immutable;

namespace Atoll.Machine.Isolation.Bundles;

/// <summary>The fixed part of every sandbox: what root inside may do, and what of <c>/proc</c> and <c>/sys</c> it sees.</summary>
internal static class Wall
{
    /// <summary>
    /// What process 1 has and nothing inside can ever exceed. Enough for <c>sudo</c>, package managers, services on low ports and chroot builds. Left out of the usual container set:
    /// MKNOD and SETFCAP (devices, file capabilities), NET_RAW (spoofing), AUDIT_WRITE (the host's audit log; see <see cref="Seccomp.SeccompProfile"/> for how sudo does without).
    /// </summary>
    public static readonly ImmutableArray<string> Capabilities =
    [
        "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FSETID", "CAP_FOWNER", "CAP_SETGID", "CAP_SETUID",
        "CAP_SETPCAP", "CAP_NET_BIND_SERVICE", "CAP_SYS_CHROOT", "CAP_KILL",
    ];

    /// <summary>For process 1 alone, in a kernel of the sandbox's own: mount(2) and sethostname(2) ask for it (<see cref="LaunchPlan.PreparesKernel"/>).</summary>
    public const string PreparesKernel = "CAP_SYS_ADMIN";

    /// <summary>
    /// Not readable at all. The OCI convention, and what tells a guest about the host's kernel or its other tenants: symbol addresses (kallsyms, modules, vmallocinfo),
    /// memory layout (kpage*, iomem, pagetypeinfo, slabinfo), keys, timers, interrupts (a side channel on keystrokes and neighbours).
    /// </summary>
    public static readonly ImmutableArray<string> MaskedPaths =
    [
        "/proc/acpi", "/proc/asound", "/proc/config.gz", "/proc/interrupts", "/proc/iomem", "/proc/ioports", "/proc/kallsyms", "/proc/kcore", "/proc/key-users", "/proc/keys",
        "/proc/kmsg", "/proc/kpagecgroup", "/proc/kpagecount", "/proc/kpageflags", "/proc/latency_stats", "/proc/modules", "/proc/pagetypeinfo", "/proc/sched_debug", "/proc/scsi",
        "/proc/slabinfo", "/proc/timer_list", "/proc/timer_stats", "/proc/vmallocinfo", "/proc/sysrq-trigger",
        "/sys/devices/virtual/dmi", "/sys/devices/virtual/powercap", "/sys/firmware", "/sys/fs", "/sys/kernel", "/sys/module",
    ];

    public static readonly ImmutableArray<string> ReadOnlyPaths = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys"];

    /// <summary>Open files of one process at most; build tools and node need tens of thousands. Less where this server itself may not have so many.</summary>
    public const ulong OpenFiles = 65536;

    /// <summary>When the whole host runs out of memory, sandboxes go before the server and the system's services (0), and never the other way round.</summary>
    public const int OutOfMemoryScore = 500;
}
