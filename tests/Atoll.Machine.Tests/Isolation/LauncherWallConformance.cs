using System.Net.Sockets;
using Atoll.Core.Sandboxes;
using Atoll.Machine.Native;

namespace Atoll.Machine.Tests.Isolation;

public sealed class LauncherWallConformance(GuestKit kit) : SandboxWallConformance(kit), IClassFixture<GuestKit>
{
    private const uint FirstUid = 0x7000_0000;

    private protected override IsolationKind Kind => IsolationKind.Container;

    [Fact]
    public async Task Audit_Socket_AnswersThatThereIsNoAudit() =>
        Assert.Contains("netlink_audit 97\n", await Host.RunAsync("/.atoll/probe"), StringComparison.Ordinal);

    [Fact]
    public async Task Clone3_Answers_ThatThereIsNone() => Assert.Contains("clone3_user 38\n", await Host.RunAsync("/.atoll/probe"), StringComparison.Ordinal);

    [Fact]
    public async Task RootInside_OnTheHost_IsNobodyAndNoTwoAreTheSame()
    {
        var users = new List<uint>();
        foreach (var name in new[] { "first", "second" })
        {
            var init = await Host.StartAsync(Host.Plan(await Host.MakeRootAsync(name), "/bin/sleep", "100000"));
            var ids = File.ReadLines($"/proc/{init.Pid}/status").Where(line => line.StartsWith("Uid:", StringComparison.Ordinal) || line.StartsWith("Gid:", StringComparison.Ordinal))
                .SelectMany(line => line.Split('\t')[1..]).Select(uint.Parse).Distinct().ToArray();
            users.Add(Assert.Single(ids));
            foreach (var space in new[] { "user", "mnt", "pid", "ipc", "uts", "cgroup", "net" })
            {
                Assert.NotEqual(new FileInfo($"/proc/self/ns/{space}").LinkTarget, new FileInfo($"/proc/{init.Pid}/ns/{space}").LinkTarget);
            }
        }

        Assert.Equal([FirstUid, FirstUid + 65536], users.Order());
    }

    [Fact]
    public async Task FilesMadeInside_OnTheDisk_CarryTheIdsOfInside()
    {
        var root = await Host.MakeRootAsync("root");
        await Host.RunAsync("touch /out/mine; touch /out/users; chown 1000:1001 /out/users", root: root);

        await Host.ToolAsync("sh", "-c", $"[ \"$(stat -c %u:%g {root}/out/mine {root}/out/users | tr '\\n' ' ')\" = '0:0 1000:1001 ' ]");
    }

    [Fact]
    public async Task DeviceNodes_OfTheImage_AreDead()
    {
        var root = await Host.MakeRootAsync("root");
        await Host.ToolAsync("mknod", "-m", "666", Path.Combine(root, "zero"), "c", "1", "5");

        Assert.Equal("refused\n0\n", await Host.RunAsync("head -c 1 /zero >/dev/null 2>&1 || echo refused; cat /dev/null | wc -c", root: root));
    }

    [Fact]
    public async Task ScoreOfOutOfMemory_Inside_CannotBeLowered() =>
        Assert.Equal("500\n", await Host.RunAsync("echo -1000 > /proc/self/oom_score_adj 2>/dev/null; cat /proc/self/oom_score_adj"));

    [Fact]
    public async Task Settings_OfTheKernel_AreReadOnly() =>
        Assert.Equal("refused refused refused\n", await Host.RunAsync(
            "for f in /proc/sys/net/ipv4/ip_forward /proc/sys/kernel/hostname /sys/class/net/lo/mtu; do (echo 1 > $f) 2>/dev/null && echo -n 'written ' || echo -n 'refused '; done | sed 's/ $//'; echo"));

    /// <summary>The second lock: even in the host's own network namespace, which no sandbox ever gets, an abstract socket of the host's is out of reach.</summary>
    [Fact]
    public async Task AbstractSocket_OfTheHost_IsRefusedByLandlock()
    {
        Assert.SkipUnless(Landlock.Version >= Landlock.ScopesSince, "needs Landlock of Linux 6.12");
        var name = "atoll-" + Guid.NewGuid().ToString("N");
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint("\0" + name));
        socket.Listen();

        Assert.Equal("1\n", await Host.RunAsync($"/.atoll/probe abstract {name}", plan => plan with { NetworkNamespace = $"/proc/{Environment.ProcessId}/ns/net" }));
    }

    [Fact]
    public async Task Launcher_AfterTheStart_IsGoneAndHoldsNothing()
    {
        var init = await Host.StartAsync(Host.Plan(await Host.MakeRootAsync("root"), "/bin/sleep", "100000"));

        Assert.Equal(["/dev/null"], Directory.EnumerateFiles($"/proc/{init.Pid}/fd").Select(path => new FileInfo(path).LinkTarget).Distinct());
        Assert.Equal("/", new DirectoryInfo($"/proc/{init.Pid}/cwd").LinkTarget);
        Assert.DoesNotContain("atoll-launcher", File.ReadAllText($"/proc/{init.Pid}/maps"), StringComparison.Ordinal);
    }
}
