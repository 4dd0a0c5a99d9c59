using System.Diagnostics;
using System.Security.Cryptography;

namespace Atoll.Hostile.Tests.Kit;

/// <summary>
/// This host as it must be after an attack: what is the same for all (settings, files, devices), and what bears the attacked installation's name. Nothing of other installations
/// is looked at, which may work here at the same time.
/// </summary>
internal sealed class HostState
{
    private static readonly string[] Settings =
    [
        "kernel/core_pattern", "kernel/modprobe", "kernel/hostname", "kernel/domainname", "kernel/panic", "kernel/sysrq", "kernel/pid_max", "kernel/randomize_va_space", "kernel/dmesg_restrict",
        "kernel/kptr_restrict", "kernel/usermodehelper/bset", "kernel/random/boot_id", "kernel/printk", "vm/panic_on_oom", "vm/overcommit_memory", "vm/swappiness", "fs/protected_symlinks", "fs/protected_hardlinks", "fs/suid_dumpable",
        "fs/file-max", "net/ipv4/ip_forward", "net/core/somaxconn",
    ];

    private static readonly string[] Files = ["/etc/passwd", "/etc/shadow", "/etc/group", "/etc/hosts", "/etc/resolv.conf", "/etc/ld.so.preload", "/etc/crontab", "/root/.ssh/authorized_keys"];

    private static readonly string[] Programs = ["/usr/bin/runsc", "/usr/bin/runc", "/usr/sbin/runc", "/usr/bin/busybox", "/usr/sbin/nft"];

    /// <summary>What the attacks make in a <c>/tmp</c> that should be the sandbox's own.</summary>
    private static readonly string[] Traces = ["evil", "hostile-node", "hostile-link", "hostile-new", "hostile-mount", "hostile-jail", "hostile-cgroup", "hostile-console", "attack", "attack-setuid"];

    private readonly SortedDictionary<string, string> _facts = new(StringComparer.Ordinal);
    private readonly HashSet<string> _things = [];

    public static HostState Read(RealServer server)
    {
        var state = new HostState();
        foreach (var name in Settings) state._facts["sysctl " + name] = Text("/proc/sys/" + name);
        foreach (var path in Files) state._facts["file " + path] = Hash(path);
        foreach (var path in Directory.GetFiles(Path.Combine(RealServer.Dist, "agent")).Concat(Agents(server))) state._facts["agent " + path] = Hash(path);
        foreach (var path in Programs) state._facts["program " + path] = new FileInfo(path) is { Exists: true } file ? $"{file.Length} {file.LastWriteTimeUtc:O} {file.UnixFileMode}" : "";
        foreach (var path in Directory.GetDirectories("/sys/fs/cgroup").Select(folder => Path.Combine(folder, "release_agent"))) state._facts["cgroup " + path] = Text(path);
        foreach (var name in (string[])["mtu", "address", "flags"]) state._facts["link eth0 " + name] = Text("/sys/class/net/eth0/" + name);
        state._facts["devices"] = string.Join(' ', Directory.GetFileSystemEntries("/dev").Where(path => !path.StartsWith("/dev/loop", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        state._facts["kernel's complaints"] = string.Join('\n', Complaints());
        state._facts["evil"] = string.Join(' ', Traces.SelectMany(name => Directory.GetFileSystemEntries("/tmp", name)).Order(StringComparer.Ordinal));

        state._things.UnionWith(Holdings.ByName(server).SelectMany(found => found));
        // Ready network slots come and go by themselves.
        state._things.UnionWith(HostTraces.Of(server).Where(trace => !trace.Contains("netns", StringComparison.Ordinal) && !trace.StartsWith("interface", StringComparison.Ordinal) && !trace.StartsWith("process", StringComparison.Ordinal)));
        return state;
    }

    /// <summary>What is not as it was. Things of the installation may have gone (an attacker's own sandbox, say), but there must be no new ones.</summary>
    public IReadOnlyList<string> Since(HostState before) =>
    [
        .. _facts.Where(fact => before._facts.GetValueOrDefault(fact.Key) != fact.Value).Select(fact => $"{fact.Key} was '{before._facts.GetValueOrDefault(fact.Key)}', is '{fact.Value}'"),
        .. before._facts.Keys.Except(_facts.Keys).Select(name => name + " is gone"),
        .. _things.Except(before._things).Select(thing => "new: " + thing),
    ];

    private static string[] Agents(RealServer server) => Directory.Exists(Path.Combine(server.RuntimeDirectory, "agents")) ? Directory.GetFiles(Path.Combine(server.RuntimeDirectory, "agents")) : [];

    private static string Text(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllText(path).Trim() : "";
        }
        catch (IOException)
        {
            return ""; // Not every setting can be read.
        }
    }

    private static string Hash(string path) => File.Exists(path) ? Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path))) : "";

    private static string[] Complaints()
    {
        using var process = Process.Start(new ProcessStartInfo("dmesg") { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var lines = process.StandardOutput.ReadToEnd().Split('\n');
        process.WaitForExit();
        string[] bad = ["BUG:", "Oops", "general protection fault", "Kernel panic", "kernel BUG"];
        // What a program died of (arch/x86/kernel/traps.c, show_unhandled_signals) is no complaint: any sandbox may have its own die.
        return [.. lines.Where(line => bad.Any(word => line.Contains(word, StringComparison.Ordinal)) && !line.Contains("] traps: ", StringComparison.Ordinal))];
    }
}
