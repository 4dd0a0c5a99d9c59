using Atoll.Core.Sandboxes;
using Atoll.Machine.Isolation;
using Atoll.Machine.Isolation.Bundles;
using Atoll.Machine.Isolation.Cgroups;
using Atoll.Machine.Isolation.Launching;

namespace Atoll.Machine.Tests.Isolation;

public sealed class LaunchingTests
{
    private static readonly LaunchPlan Plan = new(
        SandboxId.Parse("s00000000000000000000"), "/pool/root", "/run/netns/n1", "box", new SandboxLimits(1.5, 512, 1024, 200), ["/.atoll/agent"], ["A=1"], "/run/atoll/guest", "10.0.0.1");

    [Fact]
    public void Ranges_Taken_AreDistinctBoundedAndUsedAgain()
    {
        var ranges = new UidAllocator(0x7000_0000, 2);
        Assert.True(ranges.TryTake(out var first));
        Assert.True(ranges.TryTake(out var second));
        Assert.Equal([0x7000_0000u, 0x7001_0000u], [first.Value, second.Value]);
        Assert.False(ranges.TryTake(out _));

        ranges.GiveBack(first.Value);
        ranges.GiveBack(first.Value);
        Assert.True(ranges.TryTake(out var again));
        Assert.Equal(first, again);
        Assert.False(ranges.TryTake(out _));
    }

    [Fact]
    public void Ranges_Reclaimed_AreNotGivenOut()
    {
        var ranges = new UidAllocator(0x7000_0000, 3);
        ranges.Reclaim(0x7001_0000);
        ranges.Reclaim(5);
        Assert.True(ranges.TryTake(out var first));
        Assert.True(ranges.TryTake(out var second));
        Assert.Equal([0x7000_0000u, 0x7002_0000u], [first.Value, second.Value]);
        Assert.False(ranges.TryTake(out _));
    }

    [Theory]
    [InlineData("1879048192 12 345")]
    [InlineData("1879048192 0 0")]
    public void Record_Written_IsReadAgain(string text) => Assert.Equal(text, LaunchRecord.Parse(text)?.ToString());

    [Theory]
    [InlineData("")]
    [InlineData("1879048192 12")]
    [InlineData("4294967296 1 1")]
    [InlineData("-1 1 1")]
    public void Record_Broken_IsNone(string text) => Assert.Null(LaunchRecord.Parse(text));

    [Fact]
    public void Answer_Ok_IsProcessOne() => Assert.Equal(new RunningInit(12, 345), LaunchAnswer.Parse("ok 12 345\n", 0).Init);

    [Theory]
    [InlineData("error 2 execve /bin/no such\n", 1, "execve(/bin/no such): No such file or directory (errno 2)")]
    [InlineData("error 0 start process 1 was killed\n", 1, "start: process 1 was killed")]
    [InlineData("", 137, "launcher: ended by signal 9")]
    [InlineData("ok twelve 1\n", 0, "launcher: ended with 0 and no answer")]
    public void Answer_Failure_SaysWhatAndOnWhat(string text, int code, string said)
    {
        var answer = LaunchAnswer.Parse(text, code);
        Assert.Null(answer.Init);
        Assert.Contains(said, answer.Fault.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("error 22 idmap_root /pool/x\n", true)]
    [InlineData("error 38 idmap_root /pool/x\n", true)]
    [InlineData("error 22 move_mount /pool/x\n", false)]
    public void Answer_AboutMappedIds_IsTold(string text, bool about) => Assert.Equal(about, LaunchAnswer.Parse(text, 1).CannotMapIds);

    [Fact]
    public void Message_KnownPlan_HasTheWallThatRuncGets()
    {
        var limits = CgroupLimits.For(Plan.Limits, processes => processes);
        var text = System.Text.Encoding.Latin1.GetString(LaunchMessage.For(Plan, limits, new MadeCgroups(["/sys/fs/cgroup/memory/a/b"], null), 0x7000_0000, new byte[16]).Value);
        var items = text.Split('\0');

        foreach (var path in Wall.MaskedPaths) Assert.Contains("masked=" + path, items);
        foreach (var path in Wall.ReadOnlyPaths) Assert.Contains("read_only=" + path, items);
        Assert.Contains("capabilities=405fb", items);
        Assert.Contains("mount=/proc\nproc\ne\n", items);
        Assert.Contains("mount=/sys\nsysfs\nf\n", items);
        Assert.Contains("mount=/dev/pts\ndevpts\na\nnewinstance,ptmxmode=0666,mode=0620,max=128,gid=1879048197", items);
        Assert.Contains("mount=/dev/shm\ntmpfs\n6\nmode=1777,size=262144k,uid=1879048192,gid=1879048192", items);
        Assert.Contains("file=/etc/resolv.conf\nnameserver 10.0.0.1\n", items);
        Assert.Equal(SandboxMounts.For(limits).Length, items.Count(item => item.StartsWith("mount=", StringComparison.Ordinal)));
        Assert.EndsWith("filter=2\0" + new string('\0', 16), text, StringComparison.Ordinal);
    }

    [Fact]
    public void Message_TooLongOrWithNul_IsAFault()
    {
        var limits = CgroupLimits.For(Plan.Limits, processes => processes);
        var none = new MadeCgroups([], "/sys/fs/cgroup/a/b");
        Assert.False(LaunchMessage.For(Plan with { InitEnv = [new string('x', 70_000)] }, limits, none, 0x7000_0000, []).Succeeded);
        Assert.False(LaunchMessage.For(Plan with { Hostname = "a\0root=/" }, limits, none, 0x7000_0000, []).Succeeded);
    }
}
