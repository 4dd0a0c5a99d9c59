using System.Collections.Immutable;
using Atoll.Machine.Isolation.Cgroups;

namespace Atoll.Machine.Isolation.Bundles;

/// <summary>The file systems of every sandbox's own, in the order in which they are mounted: one list for all launchers. No cgroup file system is among them.</summary>
internal static class SandboxMounts
{
    /// <summary>The group of terminals in every distribution.</summary>
    public const int TerminalGroup = 5;

    /// <summary>Terminals at one time, of the 3,072 that Linux has by default for all but the host's own (kernel.pty.max less kernel.pty.reserve).</summary>
    public const int Terminals = 128;

    public static ImmutableArray<OciMount> For(CgroupLimits limits) =>
    [
        new("/proc", "proc", "proc", ["nosuid", "noexec", "nodev"]),
        new("/dev", "tmpfs", "tmpfs", ["nosuid", "noexec", "strictatime", "mode=755", "size=64k"]),
        new("/dev/pts", "devpts", "devpts", ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", $"max={Terminals}", $"gid={TerminalGroup}"]),
        // Half of the memory limit, which it counts against as well.
        new("/dev/shm", "tmpfs", "shm", ["nosuid", "nodev", "mode=1777", $"size={limits.MemoryBytes / 2 / 1024}k"]),
        new("/dev/mqueue", "mqueue", "mqueue", ["nosuid", "noexec", "nodev"]),
        new("/sys", "sysfs", "sysfs", ["nosuid", "noexec", "nodev", "ro"]),
    ];
}
