using System.Buffers.Binary;
using System.Net.Sockets;
using Atoll.Agent.Protocol.Wire;
using Atoll.Core.Faults;
using Atoll.Machine.Guests;
using Atoll.Testing;

namespace Atoll.Agent.Tests.Real;

public sealed class ConnectionTests(AgentBox box) : IClassFixture<AgentBox>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Call_WrongToken_IsClosedWithoutAWord()
    {
        await using var connection = await box.WrongClient.CallAsync(new Call { Hello = new Hello() }, Cancellation);
        Assert.Null(await connection.ReadAsync(Cancellation));
    }

    [Fact]
    public async Task Guest_NobodyListens_IsAgentUnreachable()
    {
        var nobody = new Protocol.Client.AgentClient(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 1), new byte[32], TimeProvider.System);
        var result = await new GuestConnector(TimeProvider.System).WaitForHelloAsync(nobody, TimeSpan.FromMilliseconds(100), Cancellation);
        Assert.Equal(FaultCode.AgentUnreachable, result.Fault?.Code);
    }

    [Theory]
    [InlineData(0x7FFFFFFFu)]
    [InlineData(0xFFFFFFFFu)]
    [InlineData(16u * 1024 * 1024 + 1)]
    [InlineData(5u)]
    [InlineData(0u)]
    public async Task Connection_FrameTooLongOrGarbage_IsClosed(uint length)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(box.Endpoint, Cancellation);
        var frame = new byte[9];
        BinaryPrimitives.WriteUInt32LittleEndian(frame, length);
        frame.AsSpan(4).Fill(0xFF);
        await socket.SendAsync(frame, Cancellation);
        Assert.Equal(0, await ReceiveOrResetAsync(socket));
        await AssertAliveAsync();
    }

    [Theory]
    [InlineData(new byte[0])]
    [InlineData(new byte[] { 200, 0, 0, 0, 8 })]
    public async Task Connections_FromInsideThatShowNoToken_AreFewAndNotForLong(byte[] said)
    {
        var sockets = new List<Socket>();
        try
        {
            for (var count = 0; count < 600; count++)
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                sockets.Add(socket);
                await socket.ConnectAsync(box.Endpoint, Cancellation);
                if (said.Length > 0 && count < 8) await socket.SendAsync(said, Cancellation);
            }

            // This test comes by loopback, as programs in a sandbox may: what is beyond a few is closed at once, and the few after a while, though nobody lets go of them here.
            Assert.Equal(0, await ReceiveOrResetAsync(sockets[^1]));
            await Eventually.HoldsAsync("places are free again", async () => (await box.Guest.MeasureAsync(Cancellation)).Succeeded, Cancellation);
        }
        finally
        {
            sockets.ForEach(socket => socket.Dispose());
        }
    }

    [Fact]
    public async Task Call_NotSentWithinFiveSeconds_IsClosed()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(box.Endpoint, Cancellation);
        await socket.SendAsync(new byte[] { 200, 0, 0, 0, 8 }, Cancellation);
        var started = TimeProvider.System.GetTimestamp();
        Assert.Equal(0, await ReceiveOrResetAsync(socket));
        Assert.InRange(TimeProvider.System.GetElapsedTime(started).TotalSeconds, 4, 60);
    }

    [Fact]
    public async Task Call_OfNoKind_IsInvalid()
    {
        await using var connection = await box.Client.CallAsync(new Call(), Cancellation);
        Assert.Equal(FailureCode.InvalidRequest, (await connection.ReadAsync(Cancellation))?.Failure?.Code);
    }

    [Fact]
    public async Task Connection_RandomBytes_NeverEndTheAgent()
    {
        var random = new Random(42);
        for (var round = 0; round < 200; round++)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(box.Endpoint, Cancellation);
            var bytes = new byte[random.Next(1, 300)];
            random.NextBytes(bytes);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.Length >= 4 ? bytes : bytes = new byte[4], (uint)Math.Max(0, bytes.Length - 4));
            await socket.SendAsync(bytes, Cancellation);
        }

        await AssertAliveAsync();
    }

    [Fact]
    public async Task Ports_Listener_IsFoundWithItsProcess()
    {
        var port = 20_000 + Random.Shared.Next(10_000);
        var started = (await box.Processes.StartAsync(AgentBox.Run("nc", "-l", "-p", $"{port}"), Cancellation)).Value;
        await Eventually.HoldsAsync("the listener is listed", async () => (await box.Guest.ListPortsAsync(Cancellation)).Value.Any(found => (found.Port, found.Pid, found.Command) == (port, started.Pid, "nc")), Cancellation);
        Assert.DoesNotContain((await box.Guest.ListPortsAsync(Cancellation)).Value, found => found.Port == box.Endpoint.Port);
    }

    [Fact]
    public async Task Log_Followed_TellsOfProcesses()
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var lines = (await box.Guest.ReadLogAsync(0, follow: true, enough.Token)).Value.GetAsyncEnumerator(enough.Token);
        var pid = (await box.Processes.StartAsync(AgentBox.Run("false"), Cancellation)).Value.Pid;
        var seen = new List<string>();
        while (seen.Count < 2 && await lines.MoveNextAsync())
        {
            if (lines.Current.Pid == pid) seen.Add(lines.Current.Message);
        }

        Assert.Equal(["started false as root", "ended with 1"], seen);
        await lines.DisposeAsync();
    }

    [Fact]
    public async Task Metrics_AreOfThisSandbox()
    {
        var metrics = (await box.Guest.MeasureAsync(Cancellation)).Value;
        Assert.InRange(metrics.Processes, 1, 200);
        Assert.InRange(metrics.DiskTotalBytes, 1, 400L * 1024 * 1024);
        Assert.InRange(metrics.AgentResidentBytes, 1024 * 1024, 64 * 1024 * 1024);
        Assert.True(metrics.MemoryAvailableBytes > 0 && metrics.MemoryTotalBytes >= metrics.MemoryAvailableBytes && metrics.UptimeSeconds > 0);
    }

    private async Task AssertAliveAsync() => Assert.True((await box.Guest.MeasureAsync(Cancellation)).Succeeded);

    private static async Task<int> ReceiveOrResetAsync(Socket socket)
    {
        try
        {
            return await socket.ReceiveAsync(new byte[1], Cancellation);
        }
        catch (SocketException failure) when (failure.SocketErrorCode == SocketError.ConnectionReset)
        {
            return 0;
        }
    }
}
