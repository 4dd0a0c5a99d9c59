using System.Net;
using System.Net.WebSockets;
using System.Text;
using Atoll.Core.Faults;
using Atoll.Core.Guests.Processes;
using Atoll.Server.Tests.Fakes;
using Atoll.Testing;

namespace Atoll.Server.Tests;

/// <summary>What is open when the key, or the port's exposure, that let it in ends.</summary>
public sealed class GrantTests(ServerWithClock server) : IClassFixture<ServerWithClock>
{
    private const int Port = 8000;
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Events_Followed_EndWithAnErrorThatSaysWhy()
    {
        var (secret, key) = MakeKey();
        using var client = server.Client(secret);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/events?follow=true");
        using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var reading = answer.Content.ReadAsStringAsync(Cancellation);
        await RevokeAsync(key);
        var text = await reading.WaitAsync(Bound, TimeProvider.System, Cancellation);
        Assert.Contains("event: error\n", text, StringComparison.Ordinal);
        Assert.Contains("\"code\":\"unauthenticated\"", text, StringComparison.Ordinal);
        Assert.Contains("revoked", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Terminal_Open_ClosesAsAViolationAndTakesNoMoreInput()
    {
        var (secret, key) = MakeKey();
        using var client = server.Client(secret);
        var (id, pid) = await StartProcessAsync(client);
        var running = server.Sandboxes.GuestOf(id).Running;
        using var socket = await AttachAsync(id, pid, secret);
        Assert.Contains("attached", await ReceiveAsync(socket), StringComparison.Ordinal);
        await RevokeAsync(key);
        Assert.Contains("\"code\":\"unauthenticated\"", await ReceiveAsync(socket), StringComparison.Ordinal);
        Assert.Empty(await ReceiveAsync(socket));
        Assert.Equal((WebSocketCloseStatus.PolicyViolation, "unauthenticated"), (socket.CloseStatus, socket.CloseStatusDescription));
        await socket.SendAsync(new byte[] { 0, 255, 255, 255, 255, 255, 255, 255, 255, (byte)'x' }, WebSocketMessageType.Binary, true, Cancellation);
        await Eventually.HoldsAsync("the terminal's connection is cut", async () =>
        {
            server.Clock.Advance(TimeSpan.FromSeconds(1));
            try
            {
                await socket.SendAsync(new byte[] { 0, 255, 255, 255, 255, 255, 255, 255, 255, (byte)'x' }, WebSocketMessageType.Binary, true, Cancellation);
                return false;
            }
            catch (WebSocketException)
            {
                return true;
            }
        }, Cancellation);
        Assert.Equal(0, running.Stdin.Length);
    }

    /// <summary>A frame that was broken off would end the connection before anybody could say why.</summary>
    [Fact]
    public async Task Terminal_WhoseClientIsSlow_IsToldWhyAllTheSame()
    {
        var (secret, key) = MakeKey();
        using var client = server.Client(secret);
        var (id, pid) = await StartProcessAsync(client);
        const int Size = 256 * 1024, Chunks = 256;
        var output = server.Sandboxes.GuestOf(id).Running.Output;
        for (var chunk = 0; chunk < Chunks; chunk++) output.Writer.TryWrite(new OutputChunk(OutputStream.Stdout, chunk * Size, new byte[Size]));
        using var socket = await AttachAsync(id, pid, secret);
        Assert.Contains("attached", await ReceiveAsync(socket), StringComparison.Ordinal);
        var left = Chunks;
        await Eventually.HoldsAsync(
            "the server waits for its client to read",
            () =>
            {
                var before = left;
                left = output.Reader.Count;
                return left < Chunks && left == before;
            },
            Cancellation);
        await RevokeAsync(key);
        string last = "", message;
        while ((message = await ReceiveAsync(socket)).Length > 0) last = message;
        Assert.Contains("\"code\":\"unauthenticated\"", last, StringComparison.Ordinal);
        Assert.Equal((WebSocketCloseStatus.PolicyViolation, "unauthenticated"), (socket.CloseStatus, socket.CloseStatusDescription));
    }

    [Fact]
    public async Task Command_Running_IsAnsweredWhyAndEnded()
    {
        var (secret, key) = MakeKey();
        using var client = server.Client(secret);
        var id = await server.CreateAsync(client);
        TaskCompletionSource begun = new(), ended = new();
        server.Sandboxes.GuestOf(id).Running.OnExec = async cancellation =>
        {
            begun.SetResult();
            using var told = cancellation.Register(ended.SetResult);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);
            throw new InvalidOperationException("Nothing ends this but its token.");
        };
        var running = client.PostAsync($"/v1/sandboxes/{id}/exec", ServerFixture.Json("""{"command":"sleep 9"}"""), Cancellation);
        await begun.Task.WaitAsync(Bound, TimeProvider.System, Cancellation);
        await RevokeAsync(key);
        using var answer = await running.WaitAsync(Bound, TimeProvider.System, Cancellation);
        await ServerFixture.ProblemAsync(answer, 401, "unauthenticated");
        await ended.Task.WaitAsync(Bound, TimeProvider.System, Cancellation);
    }

    [Fact]
    public async Task Upload_OnItsWay_IsRefusedAndNothingOfItIsThere()
    {
        var (secret, key) = MakeKey();
        using var client = server.Client(secret);
        var id = await server.CreateAsync(client);
        using var content = new EndlessContent();
        var sending = client.PutAsync($"/v1/sandboxes/{id}/files?path=/a", content, Cancellation);
        await content.Begun.WaitAsync(Bound, TimeProvider.System, Cancellation);
        await RevokeAsync(key);
        await CutAsync(sending);
        try
        {
            using var answer = await sending.WaitAsync(Bound, TimeProvider.System, Cancellation);
            await ServerFixture.ProblemAsync(answer, 401, "unauthenticated");
        }
        catch (HttpRequestException)
        {
            // Cut off before the answer was read.
        }

        using var own = server.Client();
        using var stat = await own.GetAsync($"/v1/sandboxes/{id}/files/stat?path=/a", Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, stat.StatusCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Visit_OfAPort_EndsWithItsKeyOrItsExposure(bool byKey)
    {
        var (secret, key) = MakeKey();
        using var client = server.Client(byKey ? secret : null);
        using var own = server.Client();
        var id = await server.CreateAsync(own);
        TaskCompletionSource gone = new();
        using var program = new FakeProgram(async (_, stream) =>
        {
            await FakeProgram.WriteAsync(stream, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n");
            await ReadToEndAsync(stream);
            gone.SetResult();
        });
        server.Sandboxes.GuestOf(id).Programs[Port] = program;
        if (!byKey) server.Ports.Open(id, Port, null);
        using var answer = await client.GetAsync($"/p/{id}/{Port}/", HttpCompletionOption.ResponseHeadersRead, Cancellation);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var reading = answer.Content.ReadAsStringAsync(Cancellation);
        if (byKey) await RevokeAsync(key);
        else server.Ports.Last!.End(new(FaultCode.NotFound, FaultSide.Caller, FaultStage.Lookup, "Closed."));
        await CutAsync(reading);
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => reading.WaitAsync(Bound, TimeProvider.System, Cancellation));
        await gone.Task.WaitAsync(Bound, TimeProvider.System, Cancellation);
    }

    [Fact]
    public async Task WebSocket_OfAPort_IsCutOffOnBothSides()
    {
        var (secret, key) = MakeKey();
        using var own = server.Client();
        var id = await server.CreateAsync(own);
        TaskCompletionSource gone = new();
        using var program = new FakeProgram(async (head, stream) =>
        {
            var accept = head.Split("Sec-WebSocket-Key: ", 2)[1].Split("\r\n", 2)[0] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
#pragma warning disable CA5350 // RFC 6455, section 4.2.2, asks for SHA-1.
            var sum = Convert.ToBase64String(System.Security.Cryptography.SHA1.HashData(Encoding.ASCII.GetBytes(accept)));
#pragma warning restore CA5350
            await FakeProgram.WriteAsync(stream, $"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {sum}\r\n\r\n");
            await ReadToEndAsync(stream);
            gone.SetResult();
        });
        server.Sandboxes.GuestOf(id).Programs[Port] = program;
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", "Bearer " + secret);
        await socket.ConnectAsync(new UriBuilder(server.Url) { Scheme = "ws", Path = $"/p/{id}/{Port}/" }.Uri, Cancellation);
        var receiving = socket.ReceiveAsync(new byte[16], Cancellation);
        await RevokeAsync(key);
        await CutAsync(receiving);
        await Assert.ThrowsAnyAsync<WebSocketException>(() => receiving.WaitAsync(Bound, TimeProvider.System, Cancellation));
        await gone.Task.WaitAsync(Bound, TimeProvider.System, Cancellation);
    }

    [Fact]
    public async Task Key_ThatRevokesItself_IsToldThatItDid()
    {
        var (secret, key) = MakeKey();
        using var client = server.Client(secret);
        using var answer = await client.DeleteAsync("/v1/keys/" + key, Cancellation);
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        using var after = await client.GetAsync("/v1/whoami", Cancellation);
        await ServerFixture.ProblemAsync(after, 401, "unauthenticated");
    }

    private static async Task ReadToEndAsync(Stream stream)
    {
        try
        {
            var sink = new byte[256];
            while (await stream.ReadAsync(sink, Cancellation) > 0)
            {
            }
        }
        catch (IOException)
        {
            // A reset is an end as well.
        }
    }

    private static async Task<string> ReceiveAsync(ClientWebSocket socket)
    {
        var buffer = new byte[4096];
        var received = await socket.ReceiveAsync(buffer, Cancellation).WaitAsync(Bound, TimeProvider.System, Cancellation);
        return Encoding.UTF8.GetString(buffer, 0, received.Count);
    }

    private async Task<ClientWebSocket> AttachAsync(string id, int pid, string secret)
    {
        var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", "Bearer " + secret);
        await socket.ConnectAsync(new UriBuilder(server.Url) { Scheme = "ws", Path = $"/v1/sandboxes/{id}/processes/{pid}/attach" }.Uri, Cancellation);
        return socket;
    }

    /// <summary>What has not ended by itself is cut off after a while.</summary>
    private Task CutAsync(Task ended) => Eventually.HoldsAsync("what the key had open is cut off", () =>
    {
        server.Clock.Advance(TimeSpan.FromSeconds(1));
        return ended.IsCompleted;
    }, Cancellation);

    private (string Secret, string Id) MakeKey()
    {
        var made = server.Teams.Make(new("team_own"), "brief");
        return (made.Secret, made.Key.Id);
    }

    private async Task RevokeAsync(string key)
    {
        using var own = server.Client();
        using var answer = await own.DeleteAsync("/v1/keys/" + key, Cancellation);
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
    }

    private async Task<(string Id, int Pid)> StartProcessAsync(HttpClient client)
    {
        var id = await server.CreateAsync(client);
        using var started = await client.PostAsync($"/v1/sandboxes/{id}/processes", ServerFixture.Json("""{"command":"x"}"""), Cancellation);
        return (id, (await ServerFixture.ReadAsync(started)).GetProperty("pid").GetInt32());
    }

    /// <summary>A body that goes on until its connection does not.</summary>
    private sealed class EndlessContent : HttpContent
    {
        private readonly TaskCompletionSource _begun = new();

        public Task Begun => _begun.Task;

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            while (true)
            {
                await stream.WriteAsync(new byte[100], Cancellation);
                await stream.FlushAsync(Cancellation);
                _begun.TrySetResult();
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Cancellation);
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
