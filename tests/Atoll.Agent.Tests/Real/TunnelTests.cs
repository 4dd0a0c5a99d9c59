using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Atoll.Agent.Protocol.Client;
using Atoll.Agent.Protocol.Wire;
using Atoll.Core.Faults;
using Atoll.Machine.Guests;
using Atoll.Machine.Guests.Linking;
using Atoll.Testing;

namespace Atoll.Agent.Tests.Real;

/// <summary>Connections that the agent carries, to listeners of the test's own: the box has the host's network.</summary>
public sealed class TunnelTests(AgentBox box) : IClassFixture<AgentBox>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public async Task Bytes_BothWaysAtOnce_ArriveWholeAndEnd(string address)
    {
        using var listener = new TcpListener(IPAddress.Parse(address), 0);
        listener.Start();
        var sent = RandomNumberGenerator.GetBytes(3_000_000);
        var program = Task.Run(async () =>
        {
            using var client = await listener.AcceptTcpClientAsync(Cancellation);
            var stream = client.GetStream();
            var back = stream.WriteAsync(sent, Cancellation);
            var heard = new byte[sent.Length];
            await stream.ReadExactlyAsync(heard, Cancellation);
            await back;
            return heard;
        }, Cancellation);
        await using var tunnel = TestTunnel(await OpenAsync(PortOf(listener)));
        var writing = tunnel.WriteAsync(sent, Cancellation);
        var received = new byte[sent.Length];
        await tunnel.ReadExactlyAsync(received, Cancellation);
        await writing;
        Assert.Equal(sent, received);
        Assert.Equal(sent, await program);
        Assert.Equal(0, await tunnel.ReadAsync(new byte[1], Cancellation));
    }

    [Fact]
    public async Task Answer_OfAProgramThatTakesNoMore_ArrivesAllTheSame()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        _ = Task.Run(async () =>
        {
            using var client = await listener.AcceptTcpClientAsync(Cancellation);
            await client.GetStream().ReadExactlyAsync(new byte[10], Cancellation);
            await client.GetStream().WriteAsync("no more"u8.ToArray(), Cancellation);
            client.Client.Shutdown(SocketShutdown.Send);
            await client.GetStream().CopyToAsync(Stream.Null, Cancellation);
        }, Cancellation);
        await using var tunnel = TestTunnel(await OpenAsync(PortOf(listener)));
        await tunnel.WriteAsync(new byte[100_000], Cancellation);
        using var text = new StreamReader(tunnel);
        Assert.Equal("no more", await text.ReadToEndAsync(Cancellation));
    }

    [Fact]
    public async Task Host_ThatHangsUp_ClosesTheProgramsConnection()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var tunnel = TestTunnel(await OpenAsync(PortOf(listener)));
        using var client = await listener.AcceptTcpClientAsync(Cancellation);
        await tunnel.DisposeAsync();
        Assert.Equal(0, await client.GetStream().ReadAsync(new byte[1], Cancellation));
    }

    [Fact]
    public async Task Port_NobodyListensOnOrTheAgentsOwn_IsNotListening()
    {
        foreach (var port in new[] { FreePort.Find(), box.Endpoint.Port, 0, 70_000, int.MaxValue })
        {
            var opened = await Calls().OpenAcceptedAsync(new Call { Tunnel = new Tunnel { Port = (uint)port } }, FaultStage.Network, new Retries(), Cancellation);
            Assert.Equal(FaultCode.PortNotListening, opened.Fault?.Code);
        }
    }

    [Fact]
    public async Task Seats_AllTaken_AreRefusedAndComeBack()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var calls = Calls();

        // An address where nothing of ours listens, so that each goes through the agent.
        var ports = new PortConnector(() => IPAddress.Parse("127.0.0.2"), box.Endpoint.Port, calls, new StreamSeats(1), () => { });
        var first = await ports.ConnectAsync(PortOf(listener), Cancellation);
        Assert.True(first.Succeeded, first.Fault?.ToString());
        Assert.Equal(FaultCode.TooMany, (await ports.ConnectAsync(PortOf(listener), Cancellation)).Fault?.Code);
        await first.Value.DisposeAsync();
        var second = await ports.ConnectAsync(PortOf(listener), Cancellation);
        Assert.True(second.Succeeded, second.Fault?.ToString());
        await second.Value.DisposeAsync();
        Assert.Equal(FaultCode.PortNotListening, (await ports.ConnectAsync(FreePort.Find(), Cancellation)).Fault?.Code);
        Assert.Equal(FaultCode.PortNotListening, (await ports.ConnectAsync(box.Endpoint.Port, Cancellation)).Fault?.Code);
    }

    [Fact]
    public async Task Connector_PortOnTheSandboxsAddress_IsReachedDirectly()
    {
        using var listener = new TcpListener(IPAddress.Parse("127.0.0.2"), 0);
        listener.Start();
        var ports = new PortConnector(() => IPAddress.Parse("127.0.0.2"), box.Endpoint.Port, Calls(), new StreamSeats(1), () => { });
        await using var stream = (await ports.ConnectAsync(PortOf(listener), Cancellation)).Value;
        Assert.IsType<NetworkStream>(stream);
    }

    private static int PortOf(TcpListener listener) => ((IPEndPoint)listener.LocalEndpoint).Port;

    private static GuestTunnel TestTunnel(AgentConnection connection)
    {
        new StreamSeats(1).TryTake(out var seat, out _);
        return new GuestTunnel(connection, seat!);
    }

    private GuestCalls Calls() => new(new GuestLink(box.Client, TimeSpan.FromSeconds(60), TimeProvider.System));

    private async Task<AgentConnection> OpenAsync(int port)
    {
        var opened = await Calls().OpenAcceptedAsync(new Call { Tunnel = new Tunnel { Port = (uint)port } }, FaultStage.Network, new Retries(), Cancellation);
        Assert.True(opened.Succeeded, opened.Fault?.ToString());
        return opened.Value.Connection;
    }
}
