namespace Atoll.EndToEnd.Tests.Routes;

/// <summary>The limits of a sandbox as this host's kernel holds them, on a unified hierarchy (first name) and on split ones (second name).</summary>
internal static class HostCgroup
{
    public static long MemoryBytes(string sandbox) => long.Parse(Read(sandbox, "memory.max", "memory.limit_in_bytes").Trim());

    /// <summary>What it should be: gVisor's kernel has 256 MiB of its own beside the sandbox's.</summary>
    public static long LimitOf(string isolation, int memoryMiB) => (memoryMiB + (isolation == "gvisor" ? 256L : 0)) << 20;

    /// <summary>Cores.</summary>
    public static double Cpu(string sandbox)
    {
        var quota = Read(sandbox, "cpu.max", "cpu.cfs_quota_us").Split(' ')[0];
        return long.Parse(quota.Trim()) / 100_000.0;
    }

    /// <summary>Processor time so far, in a unit of the hierarchy's own: to be compared with itself.</summary>
    public static string CpuUsage(string sandbox)
    {
        try
        {
            return Read(sandbox, "cpuacct.usage", "cpuacct.usage");
        }
        catch (FileNotFoundException)
        {
            return Read(sandbox, "cpu.stat", "cpu.stat").Split('\n')[0];
        }
    }

    /// <summary>Has all its processes stand still, as pausing does.</summary>
    public static void Freeze(string sandbox, bool frozen)
    {
        var file = Find(sandbox, "cgroup.freeze", "freezer.state");
        File.WriteAllText(file, file.EndsWith("state", StringComparison.Ordinal) ? (frozen ? "FROZEN" : "THAWED") : frozen ? "1" : "0");
    }

    private static string Read(string sandbox, string unified, string split) => File.ReadAllText(Find(sandbox, unified, split));

    private static string Find(string sandbox, string unified, string split)
    {
        var options = new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 4, IgnoreInaccessible = true };
        var files = Directory.EnumerateDirectories("/sys/fs/cgroup", sandbox, options).SelectMany(folder => new[] { Path.Combine(folder, unified), Path.Combine(folder, split) });
        return files.FirstOrDefault(File.Exists) ?? throw new FileNotFoundException($"No cgroup of {sandbox} has {unified} or {split}.");
    }
}
