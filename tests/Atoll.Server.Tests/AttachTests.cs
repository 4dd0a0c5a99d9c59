using System.Buffers.Binary;
using System.Net.WebSockets;
using System.Text;
using Atoll.Core.Guests.Processes;
using Atoll.Testing;

namespace Atoll.Server.Tests;

public sealed class AttachTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Attach_OutputInputSignalAndExit_FollowTheProtocol()
    {
        var (path, running) = await StartAsync();
        using var socket = await OpenAsync(path);
        Assert.StartsWith("{\"type\":\"attached\"", Text(await ReceiveAsync(socket)), StringComparison.Ordinal);
        running.Output.Writer.TryWrite(new OutputChunk(OutputStream.Stderr, 7, "hi"u8.ToArray()));
        var output = await ReceiveAsync(socket);
        Assert.Equal(2, output[0]);
        Assert.Equal(7, BinaryPrimitives.ReadInt64BigEndian(output.AsSpan(1)));
        Assert.Equal("hi"u8.ToArray(), output[9..]);
        await SendAsync(socket, [0, .. Enumerable.Repeat((byte)255, 8), .. "in"u8]);
        Assert.Equal("{\"type\":\"stdin\",\"offset\":2}", Text(await ReceiveAsync(socket)));
        await SendAsync(socket, [3, .. "{\"type\":\"signal\",\"signal\":\"INT\"}"u8]);
        await Eventually.HoldsAsync("the signal arrives", () => running.Signals.Contains(2), Cancellation);
        await SendAsync(socket, [3, .. "{\"type\":\"resize\",\"cols\":0,\"rows\":1}"u8]);
        Assert.Contains("invalid_request", Text(await ReceiveAsync(socket)), StringComparison.Ordinal);
        running.Output.Writer.TryWrite(new ProcessExited(new(137, 9, false)));
        running.Output.Writer.Complete();
        Assert.Equal("{\"type\":\"exit\",\"exitCode\":137,\"signal\":9,\"timedOut\":false}", Text(await ReceiveAsync(socket)));
        Assert.Empty(await ReceiveAsync(socket));
        Assert.Equal(WebSocketCloseStatus.NormalClosure, socket.CloseStatus);
    }

    [Fact]
    public async Task Attach_ClientHangsUp_EndsOnlyTheFollowing()
    {
        var (path, running) = await StartAsync();
        using (var socket = await OpenAsync(path))
        {
            await ReceiveAsync(socket);
            await Eventually.HoldsAsync("somebody follows", () => running.Followers == 1, Cancellation);
            socket.Abort();
        }

        await Eventually.HoldsAsync("nobody follows", () => running.Followers == 0, Cancellation);
        Assert.Empty(running.Signals);
    }

    [Theory]
    [InlineData(9)]
    [InlineData(0)]
    public async Task Attach_BrokenFrame_ClosesAsAViolation(byte first)
    {
        var (path, _) = await StartAsync();
        using var socket = await OpenAsync(path);
        await ReceiveAsync(socket);
        await SendAsync(socket, [first, 1]);
        Assert.Contains("invalid_request", Text(await ReceiveAsync(socket)), StringComparison.Ordinal);
        await ReceiveAsync(socket);
        Assert.Equal(WebSocketCloseStatus.PolicyViolation, socket.CloseStatus);
    }

    [Fact]
    public async Task Attach_WithoutUpgrade_SaysSo()
    {
        var (path, _) = await StartAsync();
        using var client = server.Client();
        using var response = await client.GetAsync(path, Cancellation);
        await ServerFixture.ProblemAsync(response, 426, "upgrade_required");
    }

    private static string Text(byte[] message) => message is [3, .. var json] ? Encoding.UTF8.GetString(json) : "";

    private static Task SendAsync(ClientWebSocket socket, byte[] message) => socket.SendAsync(message, WebSocketMessageType.Binary, true, Cancellation);

    private static async Task<byte[]> ReceiveAsync(ClientWebSocket socket)
    {
        var buffer = new byte[4096];
        var received = await socket.ReceiveAsync(buffer, Cancellation).WaitAsync(TimeSpan.FromSeconds(60), TimeProvider.System, Cancellation);
        return buffer[..received.Count];
    }

    private async Task<(string Path, Fakes.FakeProcesses Running)> StartAsync()
    {
        using var client = server.Client();
        var id = await server.CreateAsync(client);
        using var started = await client.PostAsync($"/v1/sandboxes/{id}/processes", ServerFixture.Json("""{"command":"x"}"""), Cancellation);
        var pid = (await ServerFixture.ReadAsync(started)).GetProperty("pid").GetInt32();
        return ($"/v1/sandboxes/{id}/processes/{pid}/attach", server.Sandboxes.GuestOf(id).Running);
    }

    private async Task<ClientWebSocket> OpenAsync(string path)
    {
        var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", "Bearer " + server.OwnKey);
        await socket.ConnectAsync(new UriBuilder(server.Url) { Scheme = "ws", Path = path }.Uri, Cancellation);
        return socket;
    }
}
