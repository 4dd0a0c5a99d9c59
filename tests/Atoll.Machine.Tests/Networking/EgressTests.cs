using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Atoll.Core.Sandboxes;
using Atoll.Machine.Native.Namespaces;
using Atoll.Machine.Native.Netlink;
using Atoll.Machine.Networking;

namespace Atoll.Machine.Tests.Networking;

/// <summary>What a sandbox reaches and what it does not, with real packets.</summary>
public sealed class EgressTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Allow_ToTheInternet_ComesFromTheHostsAddress()
    {
        await using var harness = await NetworkHarness.OpenAsync();
        using var internet = new FakeInternet(harness.Scratch);
        var slot = await harness.ClaimAsync();

        Assert.Null(await Inside.ConnectAsync(slot, internet.StartTcpEcho()));
        using var udp = Inside.Udp(slot.NamespacePath);
        Assert.Null(await Inside.AskAsync(udp, internet.StartUdpEcho()));
        Assert.All(internet.Seen, seen => Assert.Equal(internet.HostAddress, seen));
    }

    [Fact]
    public async Task HostsOwnConnection_FromTheForwardersPortNumber_IsAnsweredWhileTheServerIsAway()
    {
        await using var harness = await NetworkHarness.OpenAsync();
        var rules = await HostTool.RunAsync("nft", "list", "table", "inet", harness.Scratch.Instance);
        var port = int.Parse(Regex.Match(rules, @"redirect to :(\d+)").Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        NetworkHarness.Value(await harness.Network.CloseAsync(erase: false, Cancellation));

        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
        await socket.ConnectAsync(listener.LocalEndpoint, Cancellation).AsTask().WaitAsync(TimeSpan.FromSeconds(10), Cancellation);
        Assert.True(socket.Connected);
    }

    [Fact]
    public async Task Allow_LargeTransfer_ArrivesWholeAndIsCounted()
    {
        const int size = 32 * 1024 * 1024;
        await using var harness = await NetworkHarness.OpenAsync();
        using var internet = new FakeInternet(harness.Scratch);
        var slot = await harness.ClaimAsync();
        Assert.Equal(new SlotTraffic(0, 0), harness.Network.Measure(slot) with { ReceivedBytes = 0, SentBytes = 0 });

        using var socket = Inside.Tcp(slot);
        await socket.ConnectAsync(internet.StartTcpEcho(), Cancellation);
        await using var stream = new NetworkStream(socket);
        var sent = new byte[size];
        Random.Shared.NextBytes(sent);
        var received = new byte[size];
        await Task.WhenAll(stream.WriteAsync(sent, Cancellation).AsTask(), stream.ReadExactlyAsync(received, Cancellation).AsTask());

        Assert.True(sent.AsSpan().SequenceEqual(received));
        var traffic = harness.Network.Measure(slot);
        Assert.InRange(traffic.SentBytes, size, size * 2L);
        Assert.InRange(traffic.ReceivedBytes, size, size * 2L);
    }

    [Theory]
    [InlineData("169.254.169.254")]
    [InlineData("10.0.0.1")]
    [InlineData("10.255.255.53")]
    [InlineData("100.64.0.1")]
    [InlineData("172.16.0.1")]
    [InlineData("192.0.0.1")]
    [InlineData("192.168.1.1")]
    [InlineData("198.18.0.1")]
    [InlineData("240.0.0.1")]
    public async Task Allow_ToAClosedRange_IsRefusedAtOnce(string target)
    {
        await using var harness = await NetworkHarness.OpenAsync();
        var slot = await harness.ClaimAsync();
        var address = IPAddress.Parse(target);

        var ended = await Inside.ConnectAsync(slot, new IPEndPoint(address, 80));
        Assert.NotNull(ended);
        Assert.NotEqual(SocketError.TimedOut, ended);
        using var udp = Inside.Udp(slot.NamespacePath);
        Assert.NotNull(await Inside.AskAsync(udp, new IPEndPoint(address, 53)));
    }

    [Fact]
    public async Task Allow_ToTheHost_IsRefusedOnEveryAddress()
    {
        await using var harness = await NetworkHarness.OpenAsync();
        using var internet = new FakeInternet(harness.Scratch);
        using var api = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        api.Bind(new IPEndPoint(IPAddress.Any, 0));
        api.Listen();
        var port = ((IPEndPoint)api.LocalEndPoint!).Port;
        var slot = await harness.ClaimAsync();
        using var route = new RouteSocket();
        var addresses = route.Addresses().Select(own => own.Address).Where(own => own.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(own)).ToList();
        Assert.Contains(slot.Gateway, addresses);
        Assert.Contains(internet.HostAddress, addresses);

        foreach (var address in addresses)
        {
            var ended = await Inside.ConnectAsync(slot, new IPEndPoint(address, port));
            Assert.True(ended is not null and not SocketError.TimedOut, $"{address}: {ended}");
        }

        // Inside, 127.0.0.1 is the sandbox's own.
        Assert.Equal(SocketError.ConnectionRefused, await Inside.ConnectAsync(slot, new IPEndPoint(IPAddress.Loopback, port)));
        Assert.NotNull(await Inside.ConnectAsync(slot, new IPEndPoint(IPAddress.Any, port)));
        Assert.False(api.Poll(0, SelectMode.SelectRead));
    }

    [Fact]
    public async Task Allow_ToTheForwardersOwnPort_IsRefused()
    {
        await using var harness = await NetworkHarness.OpenAsync();
        var slot = await harness.ClaimAsync();
        var port = int.Parse(await File.ReadAllTextAsync(harness.Scratch.PathOf("netns/.dns-port"), Cancellation));

        Assert.NotNull(await Inside.ConnectAsync(slot, new IPEndPoint(slot.Gateway, port)));
    }

    [Fact]
    public async Task Allow_ToAPeer_IsRefused()
    {
        await using var harness = await NetworkHarness.OpenAsync();
        var (one, other) = (await harness.ClaimAsync(), await harness.ClaimAsync());
        using var listener = Inside.Tcp(other);
        listener.Bind(new IPEndPoint(IPAddress.Any, 0));
        listener.Listen();
        var port = ((IPEndPoint)listener.LocalEndPoint!).Port;

        var ended = await Inside.ConnectAsync(one, new IPEndPoint(other.Address, port));
        Assert.True(ended is not null and not SocketError.TimedOut, $"{ended}");
        Assert.NotNull(await Inside.ConnectAsync(one, new IPEndPoint(other.Gateway, port)));
    }

    [Fact]
    public async Task Host_ToASlot_ConnectsAndTheOutsideDoesNot()
    {
        await using var harness = await NetworkHarness.OpenAsync();
        using var internet = new FakeInternet(harness.Scratch);
        var slot = await harness.ClaimAsync(EgressDefault.Deny);
        using var listener = Inside.Tcp(slot);
        listener.Bind(new IPEndPoint(IPAddress.Any, 0));
        listener.Listen();
        var target = new IPEndPoint(slot.Address, ((IPEndPoint)listener.LocalEndPoint!).Port);

        using var host = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        Assert.Null(await Inside.ConnectAsync(host, target));
        using var accepted = await listener.AcceptAsync(Cancellation);
        using var outside = Inside.Udp(internet.NamespacePath);
        Assert.NotNull(await Inside.AskAsync(outside, target));
        using var stranger = Inside.Tcp(internet.NamespacePath);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await stranger.ConnectAsync(target, limit.Token));
    }

    [Fact]
    public async Task Allow_OverIPv6_HasNoWay()
    {
        await using var harness = await NetworkHarness.OpenAsync();
        var slot = await harness.ClaimAsync();

        Assert.NotNull(await Inside.ConnectAsync(slot, IPEndPoint.Parse("[fd00:ec2::254]:80")));
        Assert.NotNull(await Inside.ConnectAsync(slot, IPEndPoint.Parse("[2001:db8::1]:80")));
        Assert.DoesNotContain(NetworkNamespace.Run(slot.NamespacePath, AddressesHere), address => address.AddressFamily == AddressFamily.InterNetworkV6);
    }

    [Fact]
    public async Task Allow_FromAnAddressThatIsNotItsOwn_IsDropped()
    {
        await using var harness = await NetworkHarness.OpenAsync();
        using var internet = new FakeInternet(harness.Scratch);
        var (slot, victim) = (await harness.ClaimAsync(), await harness.ClaimAsync());
        var target = internet.StartUdpEcho();
        foreach (var stolen in (IPAddress[])[victim.Address, IPAddress.Parse("198.51.100.7"), IPAddress.Parse("192.0.2.77")])
        {
            using var socket = NetworkNamespace.Run(slot.NamespacePath, () =>
            {
                using var route = new RouteSocket();
                route.AddAddress(route.Links().Single(link => link.Name == "eth0").Index, stolen, 32);
                return new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            });
            socket.Bind(new IPEndPoint(stolen, 0));
            Assert.Equal(SocketError.TimedOut, await Inside.AskAsync(socket, target));
        }

        Assert.Empty(internet.Seen);
    }

    [Fact]
    public async Task Deny_ToAnything_IsRefused()
    {
        await using var harness = await NetworkHarness.OpenAsync();
        using var internet = new FakeInternet(harness.Scratch);
        var slot = await harness.ClaimAsync(EgressDefault.Deny);

        var ended = await Inside.ConnectAsync(slot, internet.StartTcpEcho());
        Assert.True(ended is not null and not SocketError.TimedOut, $"{ended}");
        using var udp = Inside.Udp(slot.NamespacePath);
        Assert.NotNull(await Inside.AskAsync(udp, new IPEndPoint(slot.Gateway, 53)));
        Assert.NotNull(await Inside.ConnectAsync(slot, new IPEndPoint(slot.Gateway, 53)));
        Assert.Empty(internet.Seen);
    }

    [Fact]
    public async Task Claim_WithAnImmediateConnection_HasItsPolicyInForce()
    {
        await using var harness = await NetworkHarness.OpenAsync(options => options.DrainTime = TimeSpan.FromMilliseconds(1));
        using var internet = new FakeInternet(harness.Scratch);
        var target = internet.StartTcpEcho();
        for (var turn = 0; turn < 60; turn++)
        {
            var egress = turn % 2 == 0 ? EgressDefault.Allow : EgressDefault.Deny;
            var slot = await harness.ClaimAsync(egress);
            var ended = await Inside.ConnectAsync(slot, target);
            Assert.True(ended is null == (egress == EgressDefault.Allow), $"turn {turn}, {egress}: {ended}");
            await harness.Network.ReleaseAsync(slot);
            Assert.NotNull(await Inside.ConnectAsync(slot, new IPEndPoint(slot.Gateway, 22)));
        }
    }

    [Fact]
    public async Task AllowPrivate_OpensThatRangeOnly()
    {
        await using var harness = await NetworkHarness.OpenAsync(options => options.AllowPrivate.Add("192.168.77.0/30"));
        using var internet = new FakeInternet(harness.Scratch);
        NetworkNamespace.Run(internet.NamespacePath, () =>
        {
            using var route = new RouteSocket();
            route.AddAddress(route.Links().Single(link => link.Name == "eth0").Index, IPAddress.Parse("192.168.77.1"), 32);
            return 0;
        });
        using var cable = new RouteTo(harness.Scratch.Instance + "net", "192.168.77.0/29", internet.Address);
        var slot = await harness.ClaimAsync();
        var echo = internet.StartTcpEcho();

        Assert.Null(await Inside.ConnectAsync(slot, new IPEndPoint(IPAddress.Parse("192.168.77.1"), echo.Port)));
        Assert.NotNull(await Inside.ConnectAsync(slot, new IPEndPoint(IPAddress.Parse("192.168.77.5"), echo.Port)));
    }

    [Fact]
    public async Task Connections_BeyondTheBound_AreRefusedAndOthersGoOn()
    {
        await using var harness = await NetworkHarness.OpenAsync(options => options.MaxConnectionsPerSandbox = 16);
        using var internet = new FakeInternet(harness.Scratch);
        var (greedy, other) = (await harness.ClaimAsync(), await harness.ClaimAsync());
        var target = internet.StartTcpEcho();
        var sockets = Enumerable.Range(0, 24).Select(_ => Inside.Tcp(greedy)).ToList();
        var ends = await Task.WhenAll(sockets.Select(socket => Inside.ConnectAsync(socket, target)));

        Assert.Equal(16, ends.Count(end => end is null));
        Assert.Null(await Inside.ConnectAsync(other, target));
        sockets.ForEach(socket => socket.Dispose());
    }

    [Fact]
    public async Task Rules_RemovedByAnotherProgram_AreBack()
    {
        await using var harness = await NetworkHarness.OpenAsync();
        using var internet = new FakeInternet(harness.Scratch);
        var slot = await harness.ClaimAsync();
        var target = internet.StartTcpEcho();
        using var netfilter = new NetfilterSocket();

        await HostTool.RunAsync("nft", "delete", "table", "inet", harness.Scratch.Instance);
        await Atoll.Testing.Eventually.HoldsAsync("the rules are loaded again", () => netfilter.ListTables().Contains(harness.Scratch.Instance), Cancellation);

        Assert.Null(await Inside.ConnectAsync(slot, target));
        Assert.NotNull(await Inside.ConnectAsync(slot, new IPEndPoint(IPAddress.Parse("169.254.169.254"), 80)));
    }

    private static List<IPAddress> AddressesHere()
    {
        using var route = new RouteSocket();
        return [.. route.Addresses().Select(address => address.Address)];
    }
}
