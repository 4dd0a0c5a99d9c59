using System.Diagnostics;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Atoll.EndToEnd.Tests.BadInput;
using Atoll.Testing;

namespace Atoll.EndToEnd.Tests.Egress;

/// <summary>What a sandbox reaches: names and the internet; never this host, its neighbours, private ranges or the metadata service. What is refused is refused at once.</summary>
public abstract class EgressTests(BadInputServer server, string isolation) : SandboxSuite(server, isolation)
{
    // Of Machine's GuestBoot: where agents that speak TCP listen.
    private const int AgentPort = 19_717;
    private static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(8);

    [Theory]
    [InlineData("169.254.169.254")]
    [InlineData("fd00:ec2::254")]
    [InlineData("10.0.0.1")]
    [InlineData("172.16.0.1")]
    [InlineData("192.168.0.1")]
    [InlineData("100.64.0.1")]
    public async Task Connect_PrivateOrMetadataAddress_IsRefusedAtOnce(string address) => await ShouldRefuseAsync(Sandbox, address, 80);

    [Fact]
    public async Task Connect_HostByAnyAddressAndPort_IsRefusedAtOnce()
    {
        using var listener = new TcpListener(IPAddress.Any, 0);
        listener.Start();
        var own = ((IPEndPoint)listener.LocalEndpoint).Port;
        var api = new Uri(Server.Real.Url).Port;
        await using var internet = await FakeInternet.CreateAsync(Server.Real.Instance, Cancellation);
        string[] addresses = ["127.0.0.1", "0.0.0.0", await GatewayAsync(Sandbox), await GatewayAsync(await Server.NeighbourAsync(Isolation)), internet.HostAddress, .. OutwardAddresses()];
        foreach (var address in addresses)
        {
            foreach (var port in (int[])[own, api, 22, 53])
            {
                // Port 53 of its own gateway is the way to names.
                if (port == 53 && address == addresses[2]) continue;
                await ShouldRefuseAsync(Sandbox, address, port);
            }
        }

        Assert.False(listener.Pending(), "something came through to a listener of this host");
    }

    [Fact]
    public async Task Connect_PeerSandbox_IsRefusedAtOnce()
    {
        const int PeerPort = 8080;
        var peer = await Server.NeighbourAsync(Isolation);
        var started = await Api.PostAsync($"/v1/sandboxes/{peer}/processes", new JsonObject { ["command"] = $"busybox httpd -f -p {PeerPort} -h /etc" }, Cancellation);
        try
        {
            await Eventually.HoldsAsync("the peer's server answers itself", async () => await CodeAsync(peer, "127.0.0.1", PeerPort) == 0, Cancellation);
            var address = PeerOf(await GatewayAsync(peer));
            Assert.Equal(0, await CodeAsync(peer, address, PeerPort));
            await ShouldRefuseAsync(Sandbox, address, PeerPort);
            await ShouldRefuseAsync(Sandbox, address, AgentPort);
            await ShouldRefuseAsync(Sandbox, address, 22);
        }
        finally
        {
            await Api.PostAsync($"/v1/sandboxes/{peer}/processes/{started.Json!["pid"]}/signal", new JsonObject { ["signal"] = "KILL" }, Cancellation);
        }
    }

    [Fact]
    public async Task Internet_ByDefault_IsReachedAndNamesAreKnown()
    {
        await using var internet = await FakeInternet.CreateAsync(Server.Real.Instance, Cancellation);
        Assert.EndsWith("the internet\n", await RunAsync($"printf 'GET / HTTP/1.0\\r\\n\\r\\n' | nc -w 10 {internet.Address} 80"), StringComparison.Ordinal);
        Assert.Equal(FakeNames.Answer.ToString(), await AskNameAsync(Sandbox));
    }

    [Fact]
    public async Task Internet_EgressDenied_NeitherIsReachedNorAreNamesKnown()
    {
        await using var internet = await FakeInternet.CreateAsync(Server.Real.Instance, Cancellation);
        var body = BadInputServer.Small(Isolation);
        body["network"] = new JsonObject { ["egress"] = new JsonObject { ["default"] = "deny" } };
        var denied = await Api.CreateAsync(body, Cancellation);
        try
        {
            await ShouldRefuseAsync(denied, internet.Address, 80);
            Assert.Equal("", await AskNameAsync(denied));
        }
        finally
        {
            await Api.DeleteAsync($"/v1/sandboxes/{denied}", Cancellation);
        }
    }

    /// <summary>The address that a name has, or nothing. busybox's nslookup asks the name server itself, without a resolver of the C library.</summary>
    private async Task<string> AskNameAsync(string sandbox)
    {
        var asked = await Api.ExecAsync(sandbox, "timeout 8 nslookup -type=a some.name.test 2>/dev/null | sed -n '/^Name:/,$ s/^Address: //p'", Cancellation);
        return ((string)asked["stdout"]!).Trim();
    }

    private async Task ShouldRefuseAsync(string sandbox, string address, int port)
    {
        var clock = Stopwatch.StartNew();
        var code = await CodeAsync(sandbox, address, port);
        Assert.True(code != 0, $"{address}:{port} was reached");
        Assert.True(clock.Elapsed < AtOnce, $"{address}:{port} was refused only after {clock.Elapsed}");
    }

    private async Task<int> CodeAsync(string sandbox, string address, int port) =>
        (int)(await Api.ExecAsync(sandbox, $"nc -w 10 {address} {port} </dev/null >/dev/null 2>&1", Cancellation))["exitCode"]!;

    private async Task<string> GatewayAsync(string sandbox) =>
        ((string)(await Api.ExecAsync(sandbox, "awk '/^nameserver/ { print $2; exit }' /etc/resolv.conf", Cancellation))["stdout"]!).Trim();

    // Of the four addresses of a slot the second is the gateway's and the third the sandbox's.
    private static string PeerOf(string gateway)
    {
        var bytes = IPAddress.Parse(gateway).GetAddressBytes();
        bytes[3]++;
        return new IPAddress(bytes).ToString();
    }

    // Those of this host's own cables: other tests' sandboxes have theirs on this host too.
    private static IEnumerable<string> OutwardAddresses() => NetworkInterface.GetAllNetworkInterfaces()
        .Where(link => link.Name.StartsWith("eth", StringComparison.Ordinal) || link.Name.StartsWith("en", StringComparison.Ordinal))
        .SelectMany(link => link.GetIPProperties().UnicastAddresses)
        .Select(address => address.Address)
        .Where(address => !address.IsIPv6LinkLocal)
        .Select(address => address.ToString());

    public sealed class Container(BadInputServer server) : EgressTests(server, "container");

    public sealed class GVisor(BadInputServer server) : EgressTests(server, "gvisor");
}
