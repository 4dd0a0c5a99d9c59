using System.Collections.Immutable;

namespace Atoll.Machine.Doctor.Weaknesses;

/// <summary>
/// What is known of the programs that sandboxes' walls stand on, newest first. One line per weakness, from the projects' own advisories; a line goes when no supported
/// distribution carries the version any more. Kept by hand: `atoll doctor` reads it, nothing is fetched.
/// </summary>
internal static class KnownWeaknesses
{
    private const string Filter = "the system call filter closes the way to it";
    private const string OwnMounts = "mount points are mended before the runtime sees them";

    public static readonly ImmutableArray<Weakness> Kernel =
    [
        new("CVE-2026-31431", "writing into files' pages in memory by AF_ALG sockets", "4.14", ["6.12.85", "6.18.22", "6.19.12", "7.0"], Filter),
        new("CVE-2024-1086", "root by nftables in a user namespace", "3.15", ["5.15.149", "6.1.76", "6.6.15", "6.7.3", "6.8"], Filter),
        new("CVE-2022-0847", "writing into files' pages in memory by pipes", "5.8", ["5.10.102", "5.15.25", "5.16.11", "5.17"]),
        new("CVE-2022-0492", "escape by a cgroup's release_agent", "2.6.24", ["5.10.97", "5.15.20", "5.16.6", "5.17"], "no cgroup file system is inside"),
        new("CVE-2022-0185", "root by fsconfig in a user namespace", "5.1", ["5.4.173", "5.10.93", "5.15.16", "5.16.2", "5.17"], Filter),
    ];

    public static readonly ImmutableArray<Weakness> Runc =
    [
        new("CVE-2026-41579", "files made and removed on the host by an image whose /dev is a link", "0.1", ["1.3.6", "1.4.3", "1.5.0"], OwnMounts),
        new("CVE-2025-52881", "writes to /proc redirected by racing mounts", "0.1", ["1.2.8", "1.3.3", "1.4.0"]),
        new("CVE-2025-52565", "/dev/console mounted over by a link in /dev/pts", "1.0.0", ["1.2.8", "1.3.3", "1.4.0"], "no console is asked for"),
        new("CVE-2025-31133", "masked files uncovered by replacing /dev/null", "0.1", ["1.2.8", "1.3.3", "1.4.0"], "/dev is new and empty"),
        new("CVE-2024-45310", "empty files made on the host by a race of two containers", "0.1", ["1.1.14", "1.2.0"], "mount points are made before the runtime sees them, and none lies in a volume that others share"),
        new("CVE-2024-21626", "escape by a descriptor that is left open", "1.0.0", ["1.1.12", "1.2.0"], "the working directory is always /"),
        new("CVE-2023-27561", "escape by a /proc that is a link", "1.0.0", ["1.1.5"], OwnMounts),
        new("CVE-2022-29162", "inheritable capabilities that are not empty", "0.1", ["1.1.2"], "they are given as empty"),
    ];

    public static readonly ImmutableArray<Weakness> Runsc =
    [
        // The advisory names a commit and no release: 7 April 2025 is the first release after it.
        new("CVE-2025-2713", "a user of the host reads files by runsc's own rights", "0", ["20250407"], "only root can run it on the sandboxes' files"),
    ];

    /// <summary>What gVisor (20240729) does not keep apart as Linux does: no way through the wall, but who relies on it is to know.</summary>
    public static readonly ImmutableArray<string> RunscInside =
    [
        "locks (flock, fcntl) and O_APPEND do not hold between sandboxes that share a volume (docs/volumes.md)",
        "every user of a sandbox can read the environment of its root's processes (docs/security-attacks.md)",
    ];
}
