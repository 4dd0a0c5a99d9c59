using Atoll.Machine.Isolation.Cgroups;

namespace Atoll.Machine.Tests.Isolation;

public sealed class CgroupMountsTests
{
    [Fact]
    public void Parse_Hybrid_FindsEveryControllerAndHierarchy()
    {
        var mounts = CgroupMounts.Parse(
        [
            "22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw",
            "30 25 0:26 / /sys/fs/cgroup/cpu,cpuacct rw,nosuid shared:9 - cgroup cgroup rw,cpu,cpuacct",
            "31 25 0:27 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory",
            "32 25 0:28 / /sys/fs/cgroup/pids rw shared:11 master:3 - cgroup cgroup rw,pids",
            "33 25 0:29 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,xattr,name=systemd",
            @"34 25 0:30 / /sys/fs/cgroup/a\040b rw - cgroup2 cgroup2 rw",
        ]);

        Assert.Equal("/sys/fs/cgroup/cpu,cpuacct", mounts.Controllers["cpuacct"]);
        Assert.Equal("/sys/fs/cgroup/memory", mounts.Controllers["memory"]);
        Assert.Equal("/sys/fs/cgroup/a b", mounts.Unified);
        Assert.Equal(5, mounts.All.Length);
    }

    [Fact]
    public void Parse_PureV2_HasNoV1Controllers()
    {
        var mounts = CgroupMounts.Parse(["35 24 0:30 / /sys/fs/cgroup rw,nosuid,nodev,noexec,relatime shared:4 - cgroup2 cgroup2 rw,nsdelegate,memory_recursiveprot"]);

        Assert.Empty(mounts.Controllers);
        Assert.Equal("/sys/fs/cgroup", mounts.Unified);
    }

    [Fact]
    public void Parse_NoCgroups_IsEmpty() => Assert.Empty(CgroupMounts.Parse(["garbage", ""]).All);
}
