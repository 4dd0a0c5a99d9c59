using System.Net;
using System.Net.Sockets;
using Atoll.Machine.Networking;
using Atoll.Machine.Networking.Dns;
using Atoll.Testing;

namespace Atoll.Machine.Tests.Networking;

/// <summary>Names, asked from inside a slot.</summary>
public sealed class DnsForwarderTests
{
    private static readonly IPAddress Known = IPAddress.Parse("203.0.113.99");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ask_OverUdp_GetsTheServersAnswerWithItsOwnId()
    {
        using var server = new FakeNameServer();
        await using var harness = await OpenAsync(server.Address);
        var slot = await harness.ClaimAsync();

        var reply = await AskAsync(slot, DnsQuestion.For("example.com", 0x1234));
        Assert.Equal(0x1234, DnsMessage.Id(reply));
        Assert.Equal(Known, DnsQuestion.Address(reply));
    }

    [Fact]
    public async Task Ask_FirstServerDeadSecondSilent_ThirdAnswers()
    {
        using var silent = new FakeNameServer { Answer = (_, _) => null };
        using var server = new FakeNameServer();
        await using var harness = await OpenAsync("127.0.0.1:1", silent.Address, server.Address);
        var slot = await harness.ClaimAsync();

        Assert.Equal(Known, DnsQuestion.Address(await AskAsync(slot, DnsQuestion.For("example.com", 7))));
        Assert.Equal(1, silent.Asked);
    }

    [Fact]
    public async Task Ask_NoServerAnswers_SaysServerFailure()
    {
        await using var harness = await OpenAsync("127.0.0.1:1");
        var slot = await harness.ClaimAsync();

        var reply = await AskAsync(slot, DnsQuestion.For("example.com", 9));
        Assert.Equal(2, DnsQuestion.Code(reply));
        Assert.Equal(9, DnsMessage.Id(reply));
    }

    [Fact]
    public async Task Ask_FalseAnswersFirst_WaitsForTheTrueOne()
    {
        using var server = new FakeNameServer();
        using var liar = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        liar.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        await using var harness = await OpenAsync(liar.LocalEndPoint!.ToString()!);
        var slot = await harness.ClaimAsync();
        var asking = AskAsync(slot, DnsQuestion.For("example.com", 1));

        var buffer = new byte[512];
        var got = await liar.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0), Cancellation);
        var query = buffer[..got.ReceivedBytes];
        var wrongId = DnsQuestion.Reply(query, IPAddress.Parse("203.0.113.66"));
        DnsMessage.SetId(wrongId, (ushort)(DnsMessage.Id(query) + 1));
        await liar.SendToAsync(wrongId, got.RemoteEndPoint, Cancellation);
        await liar.SendToAsync(DnsQuestion.Reply(DnsQuestion.For("example.org", DnsMessage.Id(query)), IPAddress.Parse("203.0.113.67")), got.RemoteEndPoint, Cancellation);
        await liar.SendToAsync(DnsQuestion.Reply(query, Known), got.RemoteEndPoint, Cancellation);

        Assert.Equal(Known, DnsQuestion.Address(await asking));
    }

    [Fact]
    public async Task Ask_TruncatedThenOverTcp_GetsTheLongAnswer()
    {
        using var server = new FakeNameServer { Answer = (query, tcp) => tcp ? DnsQuestion.Reply([.. query, .. new byte[3000]], Known) : DnsQuestion.Truncated(query) };
        await using var harness = await OpenAsync(server.Address);
        var slot = await harness.ClaimAsync();
        var query = DnsQuestion.For("long.example.com", 3);
        Assert.Equal(2, (await AskAsync(slot, query))[2] & 2);

        using var socket = Inside.Tcp(slot);
        await socket.ConnectAsync(new IPEndPoint(slot.Gateway, 53), Cancellation);
        await using var stream = new NetworkStream(socket);
        for (var turn = 0; turn < 3; turn++)
        {
            await DnsExchange.WriteAsync(stream, query, Cancellation);
            var reply = await DnsExchange.ReadAsync(stream, Cancellation);
            Assert.True(reply!.Length > 3000);
        }
    }

    [Fact]
    public async Task Ask_Malformed_IsDroppedAndTheNextIsAnswered()
    {
        using var server = new FakeNameServer();
        await using var harness = await OpenAsync(server.Address);
        var slot = await harness.ClaimAsync();
        using var socket = Inside.Udp(slot.NamespacePath);
        await socket.ConnectAsync(new IPEndPoint(slot.Gateway, 53), Cancellation);
        byte[] good = DnsQuestion.For("example.com", 5);
        byte[] response = [.. good];
        response[2] |= 0x80;
        byte[] twoQuestions = [.. good];
        twoQuestions[5] = 2;
        byte[] pointer = [.. good[..12], 0xc0, 12, 0, 1, 0, 1];
        foreach (var bad in (byte[][])[[1], good[..11], good[..^3], response, twoQuestions, pointer, new byte[1400]]) await socket.SendAsync(bad, Cancellation);

        await socket.SendAsync(good, Cancellation);
        var buffer = new byte[512];
        Assert.Equal(5, DnsMessage.Id(buffer.AsSpan(0, await socket.ReceiveAsync(buffer, Cancellation))));
        Assert.Equal(1, server.Asked);
    }

    [Fact]
    public async Task Flood_FromOneSandbox_LeavesTheOthersTheirNames()
    {
        using var server = new FakeNameServer { Answer = (query, _) => query[12] == 5 ? null : DnsQuestion.Reply(query, Known) };
        await using var harness = await OpenAsync(server.Address);
        var (flooder, other) = (await harness.ClaimAsync(), await harness.ClaimAsync());
        using var flood = Inside.Udp(flooder.NamespacePath);
        await flood.ConnectAsync(new IPEndPoint(flooder.Gateway, 53), Cancellation);
        var unanswered = DnsQuestion.For("flood.example.com", 1);
        for (var i = 0; i < 5000; i++) await flood.SendAsync(unanswered, Cancellation);

        Assert.Equal(Known, DnsQuestion.Address(await AskAsync(other, DnsQuestion.For("calm.example.com", 2))));
        Assert.InRange(server.Asked, 1, harness.Options.MaxDnsQueriesPerSandbox * 4);
    }

    [Fact]
    public async Task Restart_KeepsThePort_SoThatAnOpenSocketGoesOn()
    {
        using var server = new FakeNameServer();
        await using var harness = await OpenAsync(server.Address);
        var slot = await harness.ClaimAsync();
        using var socket = Inside.Udp(slot.NamespacePath);
        await socket.ConnectAsync(new IPEndPoint(slot.Gateway, 53), Cancellation);
        var buffer = new byte[512];
        await socket.SendAsync(DnsQuestion.For("example.com", 1), Cancellation);
        await socket.ReceiveAsync(buffer, Cancellation);

        await harness.CrashAsync(slot);
        await socket.SendAsync(DnsQuestion.For("example.com", 2), Cancellation);
        Assert.Equal(2, DnsMessage.Id(buffer.AsSpan(0, await socket.ReceiveAsync(buffer, Cancellation))));
    }

    [Fact]
    public async Task Servers_FileReplaced_AreReadAgain()
    {
        using var scratch = new Scratch();
        var path = scratch.PathOf("resolv.conf");
        await File.WriteAllTextAsync(path, "# ours\nsearch a b\nnameserver 127.0.0.53\nnameserver  ::1 # local\nnameserver nonsense\n", Cancellation);
        var time = new ManualTime();
        var servers = new NameServers(new NetworkOptions(), time, path);
        Assert.Equal([IPEndPoint.Parse("127.0.0.53:53"), IPEndPoint.Parse("[::1]:53")], servers.Current);

        await File.WriteAllTextAsync(path, "nameserver 192.0.2.53\n", Cancellation);
        File.SetLastWriteTimeUtc(path, File.GetLastWriteTimeUtc(path).AddSeconds(5));
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal([IPEndPoint.Parse("192.0.2.53:53")], servers.Current);
    }

    private static Task<NetworkHarness> OpenAsync(params string[] servers) => NetworkHarness.OpenAsync(options =>
    {
        foreach (var server in servers) options.DnsServers.Add(server);
        options.DnsTimeout = TimeSpan.FromSeconds(1);
    });

    private static async Task<byte[]> AskAsync(NetworkSlot slot, byte[] query)
    {
        using var socket = Inside.Udp(slot.NamespacePath);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(15));
        await socket.ConnectAsync(new IPEndPoint(slot.Gateway, 53), limit.Token);
        await socket.SendAsync(query, limit.Token);
        var buffer = new byte[4096];
        return buffer[..await socket.ReceiveAsync(buffer, limit.Token)];
    }
}
