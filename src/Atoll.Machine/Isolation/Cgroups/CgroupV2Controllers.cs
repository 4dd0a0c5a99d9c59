namespace Atoll.Machine.Isolation.Cgroups;

/// <summary>v2, one hierarchy for all: kernel documentation admin-guide/cgroup-v2.rst.</summary>
/// <param name="mount">Where it is mounted.</param>
internal sealed class CgroupV2Controllers(string mount) : ICgroupControllers
{
    public bool Exists(string cgroup) => Directory.Exists(Folder(cgroup));

    public void Apply(string cgroup, CgroupLimits limits)
    {
        var folder = Folder(cgroup);
        CgroupFile.Write(folder, "memory.max", limits.MemoryBytes);

        // Absent on a kernel without swap.
        if (File.Exists(Path.Combine(folder, "memory.swap.max"))) CgroupFile.Write(folder, "memory.swap.max", 0);
        CgroupFile.Write(folder, "cpu.max", $"{limits.CpuQuota} {CgroupLimits.CpuPeriod}");
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

    public void StopForks(string cgroup) => CgroupFile.Write(Folder(cgroup), "pids.max", 0);

    private string Folder(string cgroup) => Path.Combine(mount, cgroup);
}
