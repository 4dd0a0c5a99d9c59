using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;
using Atoll.Machine.Networking;
using Atoll.Testing;

namespace Atoll.Machine.Tests.Networking;

/// <summary>Slots as things that come, go, and come again.</summary>
public sealed class PoolTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Release_AfterARuntimeTookAddressAndRoute_GivesAWholeSlotAgain()
    {
        await using var harness = await NetworkHarness.OpenAsync(options => (options.ReadySlots, options.MaxSlots) = (1, 1));
        using var internet = new FakeInternet(harness.Scratch);
        var slot = await harness.ClaimAsync();
        await HostTool.RunAsync("nsenter", $"--net={slot.NamespacePath}", "ip", "addr", "flush", "dev", "eth0");
        var link = await InterfaceIndexAsync(slot);
        await harness.Network.ReleaseAsync(slot);

        var again = await harness.ClaimAsync();
        Assert.Equal(slot, again);
        Assert.Equal(link, await InterfaceIndexAsync(again));
        Assert.Null(await Inside.ConnectAsync(again, internet.StartTcpEcho()));
    }

    [Theory]
    [InlineData("ip addr add 203.0.113.250/32 dev eth0")]
    [InlineData("ip addr add 203.0.113.250/32 dev lo")]
    [InlineData("ip route add 203.0.113.250/32 dev eth0")]
    [InlineData("ip link set dev eth0 address 02:00:00:00:00:77")]
    [InlineData("ip link set dev eth0 mtu 1280")]
    [InlineData("ip link add x0 up type veth peer name x1")]
    [InlineData("nft add table inet left")]
    [InlineData("sysctl -qw net.ipv6.conf.all.disable_ipv6=0")]
    [InlineData("sysctl -qw net.ipv4.ip_forward=1")]
    [InlineData("ip link del eth0")]
    public async Task Release_OfATamperedSlot_ThrowsTheNamespaceAway(string tampering)
    {
        await using var harness = await NetworkHarness.OpenAsync(options => (options.ReadySlots, options.MaxSlots) = (1, 1));
        using var internet = new FakeInternet(harness.Scratch);
        var slot = await harness.ClaimAsync();
        var link = await InterfaceIndexAsync(slot);
        await HostTool.RunAsync(["nsenter", $"--net={slot.NamespacePath}", .. tampering.Split(' ')]);
        await harness.Network.ReleaseAsync(slot);

        var again = await harness.ClaimAsync();
        Assert.NotEqual(link, await InterfaceIndexAsync(again));
        Assert.Null(await Inside.ConnectAsync(again, internet.StartTcpEcho()));
    }

    [Fact]
    public async Task Release_CutsConnectionsAndForgetsThem()
    {
        await using var harness = await NetworkHarness.OpenAsync(options => (options.ReadySlots, options.MaxSlots) = (1, 1));
        using var internet = new FakeInternet(harness.Scratch);
        var slot = await harness.ClaimAsync();
        using var socket = Inside.Tcp(slot);
        await socket.ConnectAsync(internet.StartTcpEcho(), Cancellation);
        await harness.Network.ReleaseAsync(slot);
        await harness.ClaimAsync();

        var tracked = await File.ReadAllTextAsync("/proc/net/nf_conntrack", Cancellation);
        Assert.DoesNotContain($"src={slot.Address} ", tracked);
    }

    [Fact]
    public async Task Release_Twice_LeavesTheNextOwnerAlone()
    {
        await using var harness = await NetworkHarness.OpenAsync();
        using var internet = new FakeInternet(harness.Scratch);
        var slot = await harness.ClaimAsync();
        await harness.Network.ReleaseAsync(slot);
        await harness.Network.ReleaseAsync(slot);
        var claimed = new HashSet<int>();
        for (var i = 0; i < 4; i++) Assert.True(claimed.Add((await harness.ClaimAsync()).Number));
    }

    [Fact]
    public async Task Claim_WhenAllAddressesAreTaken_SaysSoAtOnce()
    {
        await using var harness = await NetworkHarness.OpenAsync(options => (options.ReadySlots, options.MaxSlots) = (2, 3));
        var slots = new[] { await harness.ClaimAsync(), await harness.ClaimAsync(), await harness.ClaimAsync() };
        Assert.Equal([0, 1, 2], slots.Select(slot => slot.Number).Order());

        var refused = await harness.Network.ClaimAsync(SandboxId.New(), EgressDefault.Allow, Cancellation);
        Assert.Equal(FaultCode.CapacityExhausted, refused.Fault?.Code);
        await harness.Network.ReleaseAsync(slots[1]);
        Assert.Equal(1, (await harness.ClaimAsync()).Number);
    }

    [Fact]
    public async Task Claim_ManyAtOnceBeyondTheFloor_AllDistinct()
    {
        await using var harness = await NetworkHarness.OpenAsync();
        var slots = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => harness.ClaimAsync()));
        Assert.Equal(40, slots.Select(slot => slot.Number).Distinct().Count());
    }

    [Fact]
    public async Task TwoHundredClaims_Erased_LeaveNothing()
    {
        string instance;
        await using (var harness = await NetworkHarness.OpenAsync(options => (options.ReadySlots, options.DrainTime, options.MaxIdleSlots) = (8, TimeSpan.FromMilliseconds(1), 16)))
        {
            instance = harness.Scratch.Instance;
            var held = new Queue<NetworkSlot>();
            for (var i = 0; i < 200; i++)
            {
                held.Enqueue(await harness.ClaimAsync(i % 3 == 0 ? EgressDefault.Deny : EgressDefault.Allow));
                if (held.Count > 10) await harness.Network.ReleaseAsync(held.Dequeue());
            }

            // 10 held, 16 idle, 8 and a few more made ahead.
            await Eventually.HoldsAsync("idle slots are removed again", () => HostState.Links(instance).Count() <= 40, Cancellation, TimeSpan.FromSeconds(60));
        }

        HostState.AssertNothingOf(instance);
    }

    [Fact]
    public async Task TwoInstances_SideBySide_DoNotMeet()
    {
        await using var one = await NetworkHarness.OpenAsync();
        using var internet = new FakeInternet(one.Scratch);
        var mine = await one.ClaimAsync();
        var target = internet.StartTcpEcho();
        await using (var other = await NetworkHarness.OpenAsync())
        {
            var theirs = await other.ClaimAsync();
            using var listener = Inside.Tcp(theirs);
            listener.Bind(new IPEndPoint(IPAddress.Any, 0));
            listener.Listen();
            Assert.Null(await Inside.ConnectAsync(theirs, target));
            Assert.NotNull(await Inside.ConnectAsync(mine, new IPEndPoint(theirs.Address, ((IPEndPoint)listener.LocalEndPoint!).Port)));
        }

        Assert.Null(await Inside.ConnectAsync(mine, target));
    }

    [Fact]
    public async Task Crash_WithOwnedSlots_KeepsTheirTrafficFlowingAndDoublesNothing()
    {
        await using var harness = await NetworkHarness.OpenAsync();
        using var internet = new FakeInternet(harness.Scratch);
        var (open, closed, orphan) = (await harness.ClaimAsync(), await harness.ClaimAsync(EgressDefault.Deny), await harness.ClaimAsync());
        var target = internet.StartTcpEcho();
        using var socket = Inside.Tcp(open);
        await socket.ConnectAsync(target, Cancellation);
        await using var stream = new NetworkStream(socket);
        await EchoAsync(stream, 5000);
        var before = harness.Network.Measure(open);
        var orphanLink = await InterfaceIndexAsync(orphan);

        await harness.CrashAsync(open, closed);

        await EchoAsync(stream, 5000);
        Assert.Null(await Inside.ConnectAsync(open, target));
        Assert.NotNull(await Inside.ConnectAsync(closed, target));
        Assert.Equal(open, harness.Network.Slot(open.Number));
        Assert.True(harness.Network.Measure(open).SentBytes > before.SentBytes + 5000);
        var next = new[] { await harness.ClaimAsync(), await harness.ClaimAsync(), await harness.ClaimAsync() };
        Assert.DoesNotContain(next, slot => slot.Number == open.Number || slot.Number == closed.Number);
        Assert.Equal(3, next.Select(slot => slot.Number).Distinct().Count());
        Assert.NotEqual(orphanLink, await InterfaceIndexAsync(next.Single(slot => slot.Number == orphan.Number)));
        await harness.Network.ReleaseAsync(closed);
        Assert.All(next, slot => Assert.NotEqual(closed.Number, slot.Number));
    }

    [Fact]
    public async Task Erase_WithoutAnOpenBefore_RemovesWhatAKilledServerLeft()
    {
        await using var harness = await NetworkHarness.OpenAsync();
        await harness.ClaimAsync();
        NetworkHarness.Value(await harness.Network.CloseAsync(erase: false, Cancellation));
        Assert.NotEmpty(HostState.Links(harness.Scratch.Instance));

        await using var fresh = harness.New();
        NetworkHarness.Value(await fresh.CloseAsync(erase: true, Cancellation));
        HostState.AssertNothingOf(harness.Scratch.Instance);
    }

    [Fact]
    public async Task Claim_AfterTheEnd_SaysThatTheServerStops()
    {
        await using var harness = await NetworkHarness.OpenAsync(options => (options.ReadySlots, options.MaxSlots) = (1, 2));
        var slot = await harness.ClaimAsync();
        await harness.ClaimAsync();
        await harness.Network.ReleaseAsync(slot);
        NetworkHarness.Value(await harness.Network.CloseAsync(erase: false, Cancellation));

        var refused = await harness.Network.ClaimAsync(SandboxId.New(), EgressDefault.Allow, Cancellation);
        Assert.True(refused.Succeeded || refused.Fault?.Code == FaultCode.ShuttingDown, refused.Fault?.ToString());
    }

    [Fact]
    public async Task Open_OverTheHostsOwnAddresses_IsRefused()
    {
        await using var one = await NetworkHarness.OpenAsync();
        await one.ClaimAsync();
        await using var other = await NetworkHarness.OpenAsync();
        other.Options.AddressRange = one.Options.AddressRange;
        await using var clashing = other.New();

        var refused = await clashing.OpenAsync(new Dictionary<int, SandboxId>(), Cancellation);
        Assert.Equal(FaultCode.HostFailure, refused.Fault?.Code);
        Assert.Contains(one.Scratch.Instance, refused.Fault?.Detail);
    }

    [Fact]
    public async Task Open_WithLivingSandboxesOfAnotherRange_IsRefused()
    {
        await using var harness = await NetworkHarness.OpenAsync();
        var slot = await harness.ClaimAsync();
        NetworkHarness.Value(await harness.Network.CloseAsync(erase: false, Cancellation));
        harness.Options.AddressRange = "172.31.240.0/24";
        await using var changed = harness.New();

        var refused = await changed.OpenAsync(new Dictionary<int, SandboxId> { [slot.Number] = SandboxId.New() }, Cancellation);
        Assert.Equal(FaultCode.HostFailure, refused.Fault?.Code);
        Assert.Contains(slot.HostInterface, HostState.Links(harness.Scratch.Instance));
    }

    [Fact]
    public async Task Crash_AfterHalfMadeSlots_SweepsThem()
    {
        await using var harness = await NetworkHarness.OpenAsync();
        var slot = await harness.ClaimAsync();
        await HostTool.RunAsync("ip", "link", "del", slot.HostInterface);
        await HostTool.RunAsync("ip", "link", "add", harness.Scratch.Instance + "-77", "type", "veth", "peer", "name", harness.Scratch.Instance + "x");
        await File.WriteAllTextAsync(harness.Network.Slot(78).NamespacePath, "", Cancellation);

        await harness.CrashAsync();
        Assert.DoesNotContain(harness.Scratch.Instance + "-77", HostState.Links(harness.Scratch.Instance));
        Assert.False(File.Exists(harness.Network.Slot(78).NamespacePath));
        Assert.Equal(slot, await harness.ClaimAsync());
    }

    [Fact]
    public async Task Claim_FromAFilledPool_TakesMilliseconds()
    {
        const int count = 100;
        await using var harness = await NetworkHarness.OpenAsync(options => options.ReadySlots = count);
        var filling = Stopwatch.StartNew();
        await Eventually.HoldsAsync("the pool is full", () => harness.Network.Ready >= count, Cancellation, TimeSpan.FromSeconds(60));
        var filled = filling.Elapsed.TotalMilliseconds;
        var took = new List<double>();
        for (var i = 0; i < count; i++)
        {
            var watch = Stopwatch.StartNew();
            await harness.ClaimAsync();
            took.Add(watch.Elapsed.TotalMilliseconds);
        }

        took.Sort();
        TestContext.Current.SendDiagnosticMessage($"claim p50 {took[count / 2]:0.000} ms, p99 {took[count * 99 / 100]:0.000} ms; made one in {filled / count:0.00} ms");
        // An allowance of two hundred times what a quiet machine takes.
        Assert.True(took[count / 2] < 20, $"p50 {took[count / 2]} ms");
    }

    private static async Task EchoAsync(Stream stream, int size)
    {
        await stream.WriteAsync(new byte[size], Cancellation);
        await stream.ReadExactlyAsync(new byte[size], Cancellation);
    }

    private static async Task<string> InterfaceIndexAsync(NetworkSlot slot) => await File.ReadAllTextAsync($"/sys/class/net/{slot.HostInterface}/ifindex", Cancellation);
}
