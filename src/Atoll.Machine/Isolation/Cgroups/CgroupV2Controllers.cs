using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Atoll.Machine.Isolation.Cgroups;

/// <summary>v2, one hierarchy for all: kernel documentation admin-guide/cgroup-v2.rst.</summary>
/// <param name="mount">Where it is mounted.</param>
internal sealed class CgroupV2Controllers(string mount) : ICgroupControllers
{
    private const string FreezeFile = "cgroup.freeze";
    private const string HandedDown = "cgroup.subtree_control";
    private const string Enabled = "+memory +cpu +pids";
    private const string Happened = "memory.events";
    private const string Weight = "cpu.weight";
    private const string DiskWeight = "io.weight";

    public void MakeParent(string cgroup, int weight)
    {
        var folder = Folder(cgroup);
        if (!Directory.Exists(folder) || !HandsDown(folder)) HandDown(folder);

        CgroupFile.Write(folder, Weight, weight);

        // There only where the host hands disks' controller down, and has a scheduler that weighs (BFQ, or io.cost).
        if (File.Exists(Path.Combine(folder, DiskWeight))) CgroupFile.Write(folder, DiskWeight, weight);
    }

    public bool Exists(string cgroup) => Directory.Exists(Folder(cgroup));

    /// <summary>Controllers are handed down from folder to folder: cgroup-v2.rst, "Enabling and Disabling".</summary>
    public MadeCgroups Make(string cgroup, bool apart)
    {
        var folder = Folder(cgroup);
        var parent = Path.GetDirectoryName(folder)!;
        if (!Directory.Exists(parent) || !HandsDown(parent)) HandDown(parent);

        Directory.CreateDirectory(folder);
        return new MadeCgroups([], folder, apart ? TryMakeWork(folder) : null);
    }

    /// <summary>Threaded: such a group counts tasks where its parent goes on to count memory, and may stand beside processes of that (cgroup-v2.rst, "Threads").</summary>
    private static WorkGroup? TryMakeWork(string folder)
    {
        var work = Path.Combine(folder, WorkGroup.Name);
        try
        {
            Directory.CreateDirectory(work);
            CgroupFile.Write(work, "cgroup.type", "threaded");
            CgroupFile.Write(folder, HandedDown, "+pids");
            return new WorkGroup(Path.Combine(work, "cgroup.threads"), Path.Combine(work, "pids.current"));
        }
        catch (IOException)
        {
            // A kernel that does not let it be so: there the agent has what others leave it.
            if (Directory.Exists(work)) Directory.Delete(work);
            return null;
        }
    }

    public void Apply(string cgroup, CgroupLimits limits)
    {
        var folder = Folder(cgroup);
        CgroupFile.Write(folder, "memory.max", limits.MemoryBytes);

        // Absent on a kernel without swap.
        if (File.Exists(Path.Combine(folder, "memory.swap.max"))) CgroupFile.Write(folder, "memory.swap.max", 0);
        CgroupFile.Write(folder, "cpu.max", $"{(limits.CpuQuota == CgroupLimits.NoQuota ? "max" : limits.CpuQuota.ToString(CultureInfo.InvariantCulture))} {CgroupLimits.CpuPeriod}");
        CgroupFile.Write(folder, Weight, limits.CpuWeight);
        var work = Path.Combine(folder, WorkGroup.Name);
        var apart = Directory.Exists(work);
        if (apart) CgroupFile.Write(work, "pids.max", limits.Tasks);
        CgroupFile.Write(folder, "pids.max", apart ? limits.Tasks + WorkGroup.AgentTasks : limits.Tasks);
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

    public MemoryFigures MeasureMemory(string cgroup)
    {
        var folder = Folder(cgroup);
        return new MemoryFigures(
            CgroupFile.ReadKey(folder, "memory.stat", "shmem"),
            CgroupFile.ReadKey(folder, "memory.stat", "anon"),
            CgroupFile.ReadNumber(folder, "memory.current"),
            CgroupFile.ReadNumber(folder, "memory.max"),
            CgroupFile.ReadKey(folder, Happened, "oom_kill"),
            Waits: false);
    }

    public void LimitMemory(string cgroup, long bytes) => CgroupFile.Write(Folder(cgroup), "memory.max", bytes);

    public void HoldAtLimit(string cgroup, bool held)
    {
        // There is no such thing.
    }

    /// <summary>v2 tells of no number of bytes but this: beyond it the kernel takes back what it can, and slows down who asks for more.</summary>
    public IReadOnlyList<SafeFileHandle> OpenMemoryNotices(string cgroup, long? bytes)
    {
        var folder = Folder(cgroup);
        if (bytes is { } most) CgroupFile.Write(folder, "memory.high", most);
        return [File.OpenHandle(Path.Combine(folder, Happened))];
    }

    public void StopForks(string cgroup) => CgroupFile.Write(Folder(cgroup), "pids.max", 0);

    public void Freeze(string cgroup, bool frozen) => CgroupFile.Write(Folder(cgroup), FreezeFile, frozen ? 1 : 0);

    public bool IsFrozen(string cgroup) => CgroupFile.ReadKey(Folder(cgroup), "cgroup.events", "frozen") == 1;

    public bool MayBeFrozen(string cgroup) => File.Exists(Path.Combine(Folder(cgroup), FreezeFile)) && CgroupFile.ReadNumber(Folder(cgroup), FreezeFile) == 1;

    private void HandDown(string folder)
    {
        CgroupFile.Write(mount, HandedDown, Enabled);
        Directory.CreateDirectory(folder);
        CgroupFile.Write(folder, HandedDown, Enabled);
    }

    private static bool HandsDown(string folder) => File.ReadAllText(Path.Combine(folder, HandedDown)).Contains("memory", StringComparison.Ordinal);

    private string Folder(string cgroup) => Path.Combine(mount, cgroup);
}
