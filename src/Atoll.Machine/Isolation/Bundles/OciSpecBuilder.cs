using System.Collections.Immutable;
using Atoll.Machine.Isolation.Cgroups;

namespace Atoll.Machine.Isolation.Bundles;

/// <summary>
/// Turns a <see cref="LaunchPlan"/> into the specification that every OCI runtime gets. Nothing in it comes from inside the sandbox but argv and environment;
/// <c>/dev</c> is a fresh tmpfs with the runtime's default nodes, never the image's; no cgroup file system is mounted.
/// </summary>
internal static class OciSpecBuilder
{
    private const string Version = "1.0.2";

    public static OciSpec Build(LaunchPlan plan, CgroupLimits limits, string cgroupsPath, string ownFiles, ulong openFiles, OciSeccomp? seccomp) => new(
        Version,
        new OciProcess(
            Terminal: false,
            new OciUser(0, 0),
            plan.InitArgv,
            plan.PreparesKernel ? plan.InitEnv.Add($"{LaunchPlan.CoresVariable}={Math.Ceiling(plan.Limits.Cpu)}") : plan.InitEnv,
            Cwd: "/",
            Capabilities(plan.PreparesKernel ? [.. Wall.Capabilities, Wall.PreparesKernel] : Wall.Capabilities),
            [new OciRlimit("RLIMIT_NOFILE", openFiles, openFiles), new OciRlimit("RLIMIT_CORE", 0, 0)],
            // Off, so that sudo works: what a setuid program gains is still bounded by the capabilities above.
            NoNewPrivileges: false,
            Wall.OutOfMemoryScore),
        new OciRoot(plan.RootFilesystem, Readonly: false),
        plan.Hostname,
        Mounts(plan, limits, ownFiles),
        new OciLinux(
            cgroupsPath,
            new OciResources(
                new OciMemory(limits.MemoryBytes, limits.MemoryBytes),
                new OciCpu(limits.CpuQuota, CgroupLimits.CpuPeriod),
                new OciPids(limits.Tasks),
                [new OciDeviceRule(Allow: false, "rwm")]),
            [new("pid"), new("mount"), new("ipc"), new("uts"), new("cgroup"), new("network", plan.NetworkNamespace.Length > 0 ? plan.NetworkNamespace : null)],
            plan.PreparesKernel ? seccomp?.Without("mount") : seccomp,
            Wall.MaskedPaths,
            Wall.ReadOnlyPaths));

    private static OciCapabilities Capabilities(ImmutableArray<string> names) => new(names, names, names, Inheritable: [], Ambient: []);

    private static ImmutableArray<OciMount> Mounts(LaunchPlan plan, CgroupLimits limits, string ownFiles) =>
    [
        .. SandboxMounts.For(limits),
        Program(LaunchPlan.GuestMountPoint, plan.GuestDirectory),
        .. plan.Volumes.Select(Volume),
        .. EtcFiles.Names.Select(name => ReadOnly($"/etc/{name}", Path.Combine(ownFiles, name))),
    ];

    /// <summary>With exec in so many words: Debian mounts <c>/run</c> without, and a bind would inherit that.</summary>
    private static OciMount Program(string destination, string source) => new(destination, "bind", source, ["bind", "ro", "nosuid", "nodev", "exec"]);

    /// <summary>Private: what one sandbox mounts below is nobody else's.</summary>
    private static OciMount Volume(MountedFolder volume) => new(volume.Destination, "bind", volume.Source, ["bind", volume.ReadOnly ? "ro" : "rw", "nosuid", "nodev", "exec", "private"]);

    private static OciMount ReadOnly(string destination, string source) => new(destination, "bind", source, ["bind", "ro", "nosuid", "nodev"]);
}
