using System.Collections.Immutable;
using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;
using Atoll.Machine.Isolation.Cgroups;
using Atoll.Testing;

namespace Atoll.Machine.Tests.Isolation;

/// <summary>v2 against a folder that looks like it: hosts of the tests may have v1.</summary>
public sealed class CgroupV2Tests : IDisposable
{
    private readonly Scratch _scratch = new();
    private readonly SandboxId _id = SandboxId.New();
    private readonly SandboxCgroups _cgroups;
    private readonly string _folder;

    public CgroupV2Tests()
    {
        var mount = _scratch.PathOf("cgroup");
        _folder = Directory.CreateDirectory(Path.Combine(mount, "atoll", _id.Value)).FullName;
        File.WriteAllText(Path.Combine(mount, "cgroup.controllers"), "cpuset cpu io memory hugetlb pids\n");
        foreach (var (name, content) in new[]
        {
            ("memory.max", "max\n"), ("memory.swap.max", "max\n"), ("cpu.max", "max 100000\n"), ("pids.max", "max\n"), ("memory.current", "12345\n"), ("pids.current", "7\n"),
            ("cpu.weight", "100\n"), ("cpu.stat", "usage_usec 2500000\nuser_usec 2000000\nsystem_usec 500000\n"), ("memory.events", "low 0\nhigh 0\nmax 9\noom 3\noom_kill 2\noom_group_kill 0\n"),
        })
        {
            File.WriteAllText(Path.Combine(_folder, name), content);
        }

        _cgroups = new SandboxCgroups("atoll", new CgroupMounts(ImmutableDictionary<string, string>.Empty, mount, [mount]), TimeProvider.System);
    }

    [Fact]
    public void Apply_Limits_WritesThemInTheKernelsForm()
    {
        Assert.True(_cgroups.Apply(_id, CgroupLimits.For(new SandboxLimits(1.5, 512, 64, 100), processes => processes)).Succeeded);

        Assert.StartsWith("536870912", Read("memory.max"), StringComparison.Ordinal);
        Assert.StartsWith("0", Read("memory.swap.max"), StringComparison.Ordinal);
        Assert.StartsWith("150000 100000", Read("cpu.max"), StringComparison.Ordinal);
        Assert.StartsWith("100", Read("pids.max"), StringComparison.Ordinal);
        Assert.StartsWith("150", Read("cpu.weight"), StringComparison.Ordinal);
    }

    [Fact]
    public void Apply_NoQuota_SaysItInItsOwnWord()
    {
        Assert.True(_cgroups.Apply(_id, CgroupLimits.For(new SandboxLimits(1, 512, 64, 100), processes => processes) with { CpuQuota = CgroupLimits.NoQuota }).Succeeded);
        Assert.StartsWith("max 100000", Read("cpu.max"), StringComparison.Ordinal);
    }

    [Fact]
    public void Rename_Cgroup_HasTheOtherIdAndItsLimits()
    {
        var other = SandboxId.New();
        Assert.True(_cgroups.Rename(_id, other).Succeeded);
        Assert.Equal((false, true), (_cgroups.Exists(_id), _cgroups.Exists(other)));
        Assert.True(_cgroups.Apply(other, CgroupLimits.For(new SandboxLimits(1, 512, 64, 100), processes => processes)).Succeeded);
    }

    [Fact]
    public void Make_New_HandsTheControllersDown()
    {
        var mount = Path.GetDirectoryName(Path.GetDirectoryName(_folder))!;
        foreach (var folder in new[] { mount, Path.Combine(mount, "atoll") }) File.WriteAllText(Path.Combine(folder, "cgroup.subtree_control"), "                        \n");
        File.WriteAllText(Path.Combine(mount, "atoll", "cpu.weight"), "");
        var made = new CgroupV2Controllers(mount).Make("atoll/other", apart: false);
        new CgroupV2Controllers(mount).MakeParent("atoll", 10);

        Assert.Equal((Path.Combine(mount, "atoll", "other"), 0), (made.Version2, made.Version1.Length));
        Assert.True(Directory.Exists(made.Version2));
        Assert.Equal("10", File.ReadAllText(Path.Combine(mount, "atoll", "cpu.weight")));
        foreach (var folder in new[] { mount, Path.Combine(mount, "atoll") }) Assert.StartsWith("+memory +cpu +pids", File.ReadAllText(Path.Combine(folder, "cgroup.subtree_control")), StringComparison.Ordinal);
    }

    [Fact]
    public void Measure_Running_ReadsEveryFigure()
    {
        var usage = _cgroups.Measure(_id).Value;

        Assert.Equal((2.5, 12345L, 7, 2L), (usage.CpuSeconds, usage.MemoryBytes, usage.Processes, usage.OutOfMemoryKills));
    }

    [Fact]
    public void Measure_NotThere_IsNotRunning() => Assert.Equal(FaultCode.SandboxNotRunning, _cgroups.Measure(SandboxId.New()).Fault?.Code);

    [Fact]
    public void List_OwnInstance_FindsItAndItsPath()
    {
        Assert.Equal([_id], _cgroups.List());
        Assert.Equal($"/atoll/{_id}", _cgroups.PathOf(_id));
        Assert.Null(_cgroups.Missing);
    }

    [Fact]
    public void Missing_ControllersNotOffered_SaysSo()
    {
        var mount = Directory.CreateDirectory(_scratch.PathOf("bare")).FullName;
        File.WriteAllText(Path.Combine(mount, "cgroup.controllers"), "hugetlb\n");

        Assert.NotNull(new SandboxCgroups("atoll", new CgroupMounts(ImmutableDictionary<string, string>.Empty, mount, [mount]), TimeProvider.System).Missing);
    }

    public void Dispose() => _scratch.Dispose();

    private string Read(string name) => File.ReadAllText(Path.Combine(_folder, name));
}
