using System.Text.Json.Nodes;

namespace Atoll.Bench.Bare;

/// <summary>
/// An OCI bundle comparable with a sandbox's: the same namespaces, mounts, capabilities and cgroup limits, and an empty network. Left out is what a sandbox has on top
/// (agent, seccomp profile, addresses and rules), which makes the bare tools a little faster than a fair comparison would.
/// </summary>
internal static class Bundle
{
    private static readonly string[] Capabilities =
        ["CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FSETID", "CAP_FOWNER", "CAP_SETGID", "CAP_SETUID", "CAP_SETPCAP", "CAP_NET_BIND_SERVICE", "CAP_SYS_CHROOT", "CAP_KILL"];

    private static readonly string[] Namespaces = ["pid", "mount", "ipc", "uts", "cgroup", "network"];
    private static readonly string[] Masked = ["/proc/acpi", "/proc/kcore", "/proc/keys", "/proc/timer_list", "/proc/kallsyms", "/proc/interrupts", "/sys/firmware"];
    private static readonly string[] ReadOnly = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys"];

    /// <returns>The bundle's folder.</returns>
    public static string Write(string folder, string root, string cgroup, params string[] argv)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "config.json"), Spec(root, cgroup, argv).ToJsonString());
        return folder;
    }

    private static JsonObject Spec(string root, string cgroup, string[] argv) => new()
    {
        ["ociVersion"] = "1.0.2",
        ["process"] = new JsonObject
        {
            ["terminal"] = false,
            ["user"] = new JsonObject { ["uid"] = 0, ["gid"] = 0 },
            ["args"] = Words(argv),
            ["env"] = Words("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root"),
            ["cwd"] = "/",
            ["capabilities"] = new JsonObject { ["bounding"] = Words(Capabilities), ["effective"] = Words(Capabilities), ["permitted"] = Words(Capabilities) },
            ["rlimits"] = new JsonArray(new JsonObject { ["type"] = "RLIMIT_NOFILE", ["hard"] = 1024, ["soft"] = 1024 }),
        },
        ["root"] = new JsonObject { ["path"] = root, ["readonly"] = false },
        ["hostname"] = "bare",
        ["mounts"] = new JsonArray(
            Mount("/proc", "proc", "proc", "nosuid", "noexec", "nodev"),
            Mount("/dev", "tmpfs", "tmpfs", "nosuid", "noexec", "strictatime", "mode=755", "size=64k"),
            Mount("/dev/pts", "devpts", "devpts", "nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"),
            Mount("/dev/shm", "tmpfs", "shm", "nosuid", "nodev", "mode=1777", "size=65536k"),
            Mount("/dev/mqueue", "mqueue", "mqueue", "nosuid", "noexec", "nodev"),
            Mount("/sys", "sysfs", "sysfs", "nosuid", "noexec", "nodev", "ro")),
        ["linux"] = new JsonObject
        {
            ["cgroupsPath"] = cgroup,
            ["resources"] = new JsonObject
            {
                ["memory"] = new JsonObject { ["limit"] = 1L << 30 },
                ["cpu"] = new JsonObject { ["quota"] = 100_000, ["period"] = 100_000 },
                ["pids"] = new JsonObject { ["limit"] = 512 },
                ["devices"] = new JsonArray(new JsonObject { ["allow"] = false, ["access"] = "rwm" }),
            },
            ["namespaces"] = new JsonArray([.. Namespaces.Select(name => new JsonObject { ["type"] = name })]),
            ["maskedPaths"] = Words(Masked),
            ["readonlyPaths"] = Words(ReadOnly),
        },
    };

    private static JsonObject Mount(string destination, string type, string source, params string[] options) =>
        new() { ["destination"] = destination, ["type"] = type, ["source"] = source, ["options"] = Words(options) };

    private static JsonArray Words(params string[] words) => [.. words.Select(word => JsonValue.Create(word))];
}
