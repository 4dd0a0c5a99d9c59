using System.Globalization;
namespace Atoll.Machine.Isolation.Cgroups;

/// <summary>v2, one hierarchy for all: kernel documentation admin-guide/cgroup-v2.rst.</summary>
/// <param name="mount">Where it is mounted.</param>
internal sealed class CgroupV2Controllers(string mount) : ICgroupControllers
{
    private const string FreezeFile = "cgroup.freeze";
    private const string EffectiveCores = "cpuset.cpus.effective";
    private const string HandedDown = "cgroup.subtree_control";
    private const string Enabled = "+memory +cpu +pids";

    public bool Exists(string cgroup) => Directory.Exists(Folder(cgroup));

    /// <summary>Controllers are handed down from folder to folder: cgroup-v2.rst, "Enabling and Disabling".</summary>
    public MadeCgroups Make(string cgroup)
    {
        var folder = Folder(cgroup);
        var parent = Path.GetDirectoryName(folder)!;
        if (!Directory.Exists(parent) || !File.ReadAllText(Path.Combine(parent, HandedDown)).Contains("memory", StringComparison.Ordinal))
        {
            CgroupFile.Write(mount, HandedDown, Enabled);
            Directory.CreateDirectory(parent);
            CgroupFile.Write(parent, HandedDown, Enabled);
        }

        Directory.CreateDirectory(folder);
        return new MadeCgroups([], folder);
    }

    public void Apply(string cgroup, CgroupLimits limits)
    {
        var folder = Folder(cgroup);
        CgroupFile.Write(folder, "memory.max", limits.MemoryBytes);

        // Absent on a kernel without swap.
        if (File.Exists(Path.Combine(folder, "memory.swap.max"))) CgroupFile.Write(folder, "memory.swap.max", 0);
        CgroupFile.Write(folder, "cpu.max", $"{(limits.CpuQuota == CgroupLimits.NoQuota ? "max" : limits.CpuQuota.ToString(CultureInfo.InvariantCulture))} {CgroupLimits.CpuPeriod}");
        CgroupFile.Write(folder, "pids.max", limits.Tasks);
    }

    public CgroupUsage Measure(string cgroup)
    {
        var folder = Folder(cgroup);
        return new CgroupUsage(
            CgroupFile.ReadKey(folder, "cpu.stat", "usage_usec") / 1e6,
            CgroupFile.ReadNumber(folder, "memory.current"),
            (int)CgroupFile.ReadNumber(folder, "pids.current"),
            CgroupFile.ReadKey(folder, "memory.events", "oom_kill"));
    }

    public string? CoresOf(string parent) => File.Exists(Path.Combine(mount, EffectiveCores)) ? File.ReadAllText(Path.Combine(mount, EffectiveCores)).Trim() : null;

    /// <summary>Nothing in it means: those of its parent.</summary>
    public void UseAllCores(string cgroup) => CgroupFile.Write(Folder(cgroup), "cpuset.cpus", "\n");

    public void StopForks(string cgroup) => CgroupFile.Write(Folder(cgroup), "pids.max", 0);

    public void Freeze(string cgroup, bool frozen) => CgroupFile.Write(Folder(cgroup), FreezeFile, frozen ? 1 : 0);

    public bool IsFrozen(string cgroup) => CgroupFile.ReadKey(Folder(cgroup), "cgroup.events", "frozen") == 1;

    public bool MayBeFrozen(string cgroup) => File.Exists(Path.Combine(Folder(cgroup), FreezeFile)) && CgroupFile.ReadNumber(Folder(cgroup), FreezeFile) == 1;

    private string Folder(string cgroup) => Path.Combine(mount, cgroup);
}
