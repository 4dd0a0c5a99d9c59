using System.Collections.Immutable;
using System.Globalization;
using Atoll.Machine.Native;
using Microsoft.Win32.SafeHandles;

namespace Atoll.Machine.Isolation.Cgroups;

/// <summary>v1, one hierarchy per controller: kernel documentation admin-guide/cgroup-v1.</summary>
internal sealed class CgroupV1Controllers(CgroupMounts mounts) : ICgroupControllers
{
    private const string Limit = "memory.limit_in_bytes";
    private const string OutOfMemory = "memory.oom_control";
    private const string Freezer = "freezer";
    private const string Shares = "cpu.shares";
    private const string Disks = "blkio";
    private const string DiskWeight = "blkio.bfq.weight";
    private const string TcpLimit = "memory.kmem.tcp.limit_in_bytes";
    private const string State = "freezer.state";
    private const string LimitWithSwap = "memory.memsw.limit_in_bytes";

    private static readonly ImmutableArray<string> Controllers = ["memory", "cpu", "cpuacct", "pids", Freezer];

    // v1's usual weight is 1024 where v2's is 100.
    private const double SharesOfWeight = 10.24;

    public void MakeParent(string cgroup, int weight)
    {
        Directory.CreateDirectory(Folder("cpu", cgroup));
        CgroupFile.Write(Folder("cpu", cgroup), Shares, Weight(weight));

        // There only where the disks' scheduler is BFQ.
        if (!mounts.Controllers.ContainsKey(Disks)) return;
        Directory.CreateDirectory(Folder(Disks, cgroup));
        if (File.Exists(Path.Combine(Folder(Disks, cgroup), DiskWeight))) CgroupFile.Write(Folder(Disks, cgroup), DiskWeight, weight);
    }

    public bool Exists(string cgroup) => Directory.Exists(Folder("memory", cgroup));

    /// <summary>In the hierarchies that limit and measure, and in the one that can freeze; not in the host's other ones, of which each costs time at every start.</summary>
    public MadeCgroups Make(string cgroup, bool apart)
    {
        var folders = Controllers.Where(mounts.Controllers.ContainsKey).Select(controller => Folder(controller, cgroup)).Distinct().ToImmutableArray();
        foreach (var folder in folders) Directory.CreateDirectory(folder);
        if (!apart) return new MadeCgroups(folders, null);
        var work = Path.Combine(Folder("pids", cgroup), WorkGroup.Name);
        Directory.CreateDirectory(work);
        return new MadeCgroups(folders, null, new WorkGroup(Path.Combine(work, "tasks"), Path.Combine(work, "pids.current")));
    }

    public void Apply(string cgroup, CgroupLimits limits)
    {
        var memory = Folder("memory", cgroup);
        LimitMemory(cgroup, limits.MemoryBytes);

        // Absent on a kernel without it, or that was told to count none (cgroup.memory=nosocket).
        if (File.Exists(Path.Combine(memory, TcpLimit))) CgroupFile.Write(memory, TcpLimit, limits.SocketBytes);
        CgroupFile.Write(Folder("cpu", cgroup), "cpu.cfs_quota_us", limits.CpuQuota);
        CgroupFile.Write(Folder("cpu", cgroup), Shares, Weight(limits.CpuWeight));
        var (processes, work) = (Folder("pids", cgroup), Path.Combine(Folder("pids", cgroup), WorkGroup.Name));
        var apart = Directory.Exists(work);
        if (apart) CgroupFile.Write(work, "pids.max", limits.Tasks);
        CgroupFile.Write(processes, "pids.max", apart ? limits.Tasks + WorkGroup.AgentTasks : limits.Tasks);
    }

    public void LimitMemory(string cgroup, long bytes)
    {
        var memory = Folder("memory", cgroup);

        // The limit with swap must never be below the one without: raise it first, lower it last. Without swap accounting in the kernel there is none.
        var counted = File.Exists(Path.Combine(memory, LimitWithSwap));
        var raises = counted && CgroupFile.ReadNumber(memory, LimitWithSwap) < bytes;
        if (raises) CgroupFile.Write(memory, LimitWithSwap, bytes);
        CgroupFile.Write(memory, Limit, bytes);
        if (counted && !raises) CgroupFile.Write(memory, LimitWithSwap, bytes);
    }

    /// <summary>memory.rst, section 10: what waits is what touches a page; a system call that needs memory of the kernel fails (ENOMEM).</summary>
    public void HoldAtLimit(string cgroup, bool held) => CgroupFile.Write(Folder("memory", cgroup), OutOfMemory, held ? 1 : 0);

    public CgroupUsage Measure(string cgroup)
    {
        var memory = Folder("memory", cgroup);
        return new CgroupUsage(
            CgroupFile.ReadNumber(Folder("cpuacct", cgroup), "cpuacct.usage") / 1e9,
            CgroupFile.ReadNumber(memory, "memory.usage_in_bytes"),
            (int)CgroupFile.ReadNumber(Folder("pids", cgroup), "pids.current"),
            CgroupFile.ReadKey(memory, OutOfMemory, "oom_kill"));
    }

    public MemoryFigures MeasureMemory(string cgroup)
    {
        var memory = Folder("memory", cgroup);
        return new MemoryFigures(
            CgroupFile.ReadKey(memory, "memory.stat", "shmem"),
            CgroupFile.ReadKey(memory, "memory.stat", "rss"),
            CgroupFile.ReadNumber(memory, "memory.usage_in_bytes"),
            CgroupFile.ReadNumber(memory, Limit),
            CgroupFile.ReadKey(memory, OutOfMemory, "oom_kill"),
            CgroupFile.ReadKey(memory, OutOfMemory, "under_oom") == 1);
    }

    /// <summary>memory.rst, sections 9 to 11. Files in memory that can be taken back count as used: so besides the bytes, that the kernel takes some back.</summary>
    public IReadOnlyList<SafeFileHandle> OpenMemoryNotices(string cgroup, long? bytes)
    {
        var memory = Folder("memory", cgroup);
        var notices = new List<SafeFileHandle>();
        (string, string)[] asked = bytes is { } most
            ? [(OutOfMemory, ""), ("memory.usage_in_bytes", most.ToString(CultureInfo.InvariantCulture)), ("memory.pressure_level", "low")]
            : [(OutOfMemory, "")];
        foreach (var (file, argument) in asked)
        {
            // Kernels may be built without.
            if (!File.Exists(Path.Combine(memory, file))) continue;
            using var watched = File.OpenHandle(Path.Combine(memory, file));
            var notice = Polling.CreateEvent();
            notices.Add(notice);
            CgroupFile.Write(memory, "cgroup.event_control", $"{notice.DangerousGetHandle()} {watched.DangerousGetHandle()} {argument}".TrimEnd());
        }

        return notices;
    }

    public void StopForks(string cgroup) => CgroupFile.Write(Folder("pids", cgroup), "pids.max", 0);

    /// <summary>Written again while it is <c>FREEZING</c>: a task that was being made may have slipped through (admin-guide/cgroup-v1/freezer-subsystem).</summary>
    public void Freeze(string cgroup, bool frozen) => CgroupFile.Write(Folder(Freezer, cgroup), State, frozen ? "FROZEN" : "THAWED");

    public bool IsFrozen(string cgroup) => ReadState(cgroup) == "FROZEN";

    public bool MayBeFrozen(string cgroup) => mounts.Controllers.ContainsKey(Freezer) && Directory.Exists(Folder(Freezer, cgroup)) && ReadState(cgroup) != "THAWED";

    private static long Weight(int weight) => (long)(weight * SharesOfWeight);

    private string ReadState(string cgroup) => File.ReadAllText(Path.Combine(Folder(Freezer, cgroup), State)).Trim();

    private string Folder(string controller, string cgroup) => mounts.Controllers.TryGetValue(controller, out var mount)
        ? Path.Combine(mount, cgroup)
        : throw new IOException($"This host has no cgroup controller '{controller}'.");
}
