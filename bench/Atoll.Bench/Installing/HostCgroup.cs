using System.Globalization;

namespace Atoll.Bench.Installing;

/// <summary>A sandbox as the host sees it, whatever runtime made it: by its cgroup, which bears its id.</summary>
internal sealed class HostCgroup
{
    // Of version 2 and 1.
    private static readonly string[] MemoryFiles = ["memory.current", "memory.usage_in_bytes"];
    private readonly string[] _folders;

    public HostCgroup(string instance, string sandbox) =>
        _folders = [.. Roots().Select(root => Path.Combine(root, instance, sandbox)).Where(Directory.Exists)];

    /// <summary>Processes on the host.</summary>
    public IReadOnlyList<int> Processes() => _folders.Length == 0
        ? []
        : [.. Directory.EnumerateFiles(_folders[0], "cgroup.procs", SearchOption.AllDirectories).SelectMany(File.ReadLines).Select(line => int.Parse(line, CultureInfo.InvariantCulture)).Distinct()];

    /// <summary>All memory that is charged to it, page cache included. NaN: not found.</summary>
    public double MemoryMiB()
    {
        var file = _folders.SelectMany(folder => MemoryFiles.Select(name => Path.Combine(folder, name))).FirstOrDefault(File.Exists);
        return file is null ? double.NaN : double.Parse(File.ReadAllText(file), CultureInfo.InvariantCulture) / (1 << 20);
    }

    /// <summary>Resident memory of one process.</summary>
    public static double ResidentMiB(int pid) => Field($"/proc/{pid}/status", "VmRSS:") / 1024;

    /// <summary>Resident memory of one process that no file is behind: it has it alone.</summary>
    public static double AnonymousMiB(int pid) => Field($"/proc/{pid}/status", "RssAnon:") / 1024;

    /// <summary>Its part of the memory that it shares with others, and what is its alone.</summary>
    public static double ProportionalMiB(int pid) => Field($"/proc/{pid}/smaps_rollup", "Pss:") / 1024;

    /// <summary>What the kernel says can be had without swapping.</summary>
    public static double AvailableMiB() => Field("/proc/meminfo", "MemAvailable:") / 1024;

    /// <summary>Where the hierarchies of cgroups are mounted, of either version.</summary>
    public static IEnumerable<string> Roots() => Directory.GetDirectories("/sys/fs/cgroup").Append("/sys/fs/cgroup");

    private static double Field(string file, string name)
    {
        try
        {
            var line = File.ReadLines(file).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal));
            return line is null ? double.NaN : double.Parse(line[name.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            // It has ended.
            return double.NaN;
        }
    }
}
