using System.Collections.Concurrent;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Atoll.Hostile.Tests.Kit;
using Atoll.Testing;

namespace Atoll.Hostile.Tests.Control;

/// <summary>Attack 60: more of everything than the server has, and requests that are none. Sandboxes of both isolations live in it meanwhile.</summary>
public sealed class FloodTests(HostileServer shared, FloodedServer flooded) : OwnServerTest(shared, flooded.Real), IClassFixture<FloodedServer>
{
    private readonly Dictionary<string, string> _neighbours = flooded.Neighbours;

    public override async ValueTask InitializeAsync()
    {
        await flooded.StartAsync(Cancellation);
        await base.InitializeAsync();
        await StartAsync(Isolations);
        foreach (var isolation in Isolations.Except(_neighbours.Keys).ToList()) _neighbours[isolation] = await CreateAsync(isolation);
    }

    [Theory]
    [InlineData("container")]
    [InlineData("gvisor")]
    public Task Attack60_ThousandCreatesAtOnce_AreMadeOrRefusedWithACode(string isolation) => BesideNeighbourAsync(_neighbours[isolation], async () =>
    {
        using var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 100 }) { BaseAddress = new Uri(Server.Url), Timeout = TimeSpan.FromMinutes(2), DefaultRequestHeaders = { Authorization = new("Bearer", Server.ApiKey) } };
        var body = HostileServer.Body(isolation).ToJsonString();
        var answers = new ConcurrentBag<(HttpStatusCode Status, string Text)>();
        await Parallel.ForEachAsync(Enumerable.Range(0, 1000), new ParallelOptions { MaxDegreeOfParallelism = 100, CancellationToken = Cancellation }, async (_, cancellation) =>
        {
            using var content = new StringContent(body, Encoding.UTF8, "application/json");
            using var answer = await http.PostAsync("/v1/sandboxes", content, cancellation);
            answers.Add((answer.StatusCode, await answer.Content.ReadAsStringAsync(cancellation)));
        });
        var made = answers.Where(answer => answer.Status == HttpStatusCode.Created).Select(answer => (string)JsonNode.Parse(answer.Text)!["id"]!).ToList();
        Assert.InRange(made.Count, 1, FloodedServer.MaxLiving - _neighbours.Count);
        Assert.All(answers.Where(answer => answer.Status != HttpStatusCode.Created), answer => Assert.True(
            answer.Status is HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests && JsonNode.Parse(answer.Text)!["code"] is not null, $"{answer.Status} {answer.Text}"));
        foreach (var id in made) await DeleteAsync(id);
        await NothingIsLeftBesidesAsync(_neighbours.Values);
    });

    /// <summary>All at one sandbox: what is more than its share of streams is refused, and it can be used all the while.</summary>
    [Fact]
    public Task Attack60_ThousandIdleWebSockets_LeaveRoomForCommands() => BesideNeighbourAsync(_neighbours["gvisor"], async () =>
    {
        const int most = 256;
        var id = _neighbours["container"];
        var started = await Api.PostAsync($"/v1/sandboxes/{id}/processes", new JsonObject { ["command"] = "sleep 600", ["tag"] = "idle" }, Cancellation);
        Assert.True(started.Status == HttpStatusCode.Created, started.Text);
        var sockets = new ConcurrentBag<ClientWebSocket>();
        var refused = new ConcurrentBag<HttpStatusCode>();
        try
        {
            await Parallel.ForEachAsync(Enumerable.Range(0, 1000), new ParallelOptions { MaxDegreeOfParallelism = 50, CancellationToken = Cancellation }, async (_, cancellation) =>
            {
                var socket = new ClientWebSocket { Options = { CollectHttpResponseDetails = true } };
                sockets.Add(socket);
                socket.Options.SetRequestHeader("Authorization", "Bearer " + Server.ApiKey);
                try
                {
                    await socket.ConnectAsync(new UriBuilder(new Uri(new Uri(Server.Url), $"/v1/sandboxes/{id}/processes/idle/attach")) { Scheme = "ws" }.Uri, cancellation);
                }
                catch (WebSocketException)
                {
                    refused.Add(socket.HttpStatusCode);
                }
            });
            TestContext.Current.TestOutputHelper?.WriteLine($"{sockets.Count - refused.Count} held; refused: {string.Join(", ", refused.CountBy(status => (int)status))}");
            Assert.InRange(sockets.Count - refused.Count, 1, most);
            Assert.All(refused, status => Assert.Equal(HttpStatusCode.TooManyRequests, status));

            var output = await Api.GetAsync($"/v1/sandboxes/{id}/processes/idle/output?follow=true", Cancellation);
            output.ShouldBe(HttpStatusCode.TooManyRequests, "too_many");
            Assert.Contains("Guests:MaxStreams", output.Text, StringComparison.Ordinal);
            await ShellAsync(id, "true");
            Assert.Equal(HttpStatusCode.OK, (await Api.GetAsync($"/v1/sandboxes/{id}/processes/idle/output?follow=false", Cancellation)).Status);
            Assert.Equal(HttpStatusCode.OK, (await Api.GetAsync($"/v1/sandboxes/{id}/files/stat?path=/tmp", Cancellation)).Status);
        }
        finally
        {
            foreach (var socket in sockets)
            {
                socket.Abort();
                socket.Dispose();
            }
        }

        await Eventually.HoldsAsync("their places are free again", async () =>
        {
            using var asked = new HttpRequestMessage(HttpMethod.Get, $"/v1/sandboxes/{id}/processes/idle/output?follow=true");
            using var again = await Api.Http.SendAsync(asked, HttpCompletionOption.ResponseHeadersRead, Cancellation);
            return again.StatusCode == HttpStatusCode.OK;
        }, Cancellation, TimeSpan.FromSeconds(30));
        await ShellAsync(id, "pkill sleep; true");
    });

    [Fact]
    public Task Attack60_Slowloris_IsCutOff() => BesideNeighbourAsync(_neighbours["container"], async () =>
    {
        var clients = new List<TcpClient>();
        try
        {
            for (var i = 0; i < 200; i++)
            {
                var client = await ConnectAsync();
                clients.Add(client);
                await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes("GET /v1/sandboxes HTTP/1.1\r\nHost: x\r\nX-Slow: "), Cancellation);
            }

            Assert.Equal(HttpStatusCode.OK, (await Api.GetAsync("/v1/sandboxes", Cancellation)).Status);
            foreach (var client in clients)
            {
                // To the end: an answer of 408 or none, and the connection is closed.
                using var reader = new StreamReader(client.GetStream());
                await reader.ReadToEndAsync(Cancellation).WaitAsync(TimeSpan.FromSeconds(40), Cancellation);
            }
        }
        finally
        {
            foreach (var client in clients) client.Dispose();
        }
    });

    [Theory]
    [InlineData("container")]
    [InlineData("gvisor")]
    public Task Attack60_UploadsCutHalfWay_LeaveNothing(string isolation) => BesideNeighbourAsync(_neighbours[isolation == "gvisor" ? "container" : "gvisor"], async () =>
    {
        var id = _neighbours[isolation];
        await ShellAsync(id, "mkdir -p /tmp/up");
        for (var i = 0; i < 10; i++)
        {
            using var client = await ConnectAsync();
            var head = $"PUT /v1/sandboxes/{id}/files?path=/tmp/up/file{i} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {Server.ApiKey}\r\nContent-Length: 10000000000\r\n\r\n";
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head), Cancellation);
            await client.GetStream().WriteAsync(new byte[2_000_000], Cancellation);
            client.Client.LingerState = new LingerOption(i % 2 == 0, 0);
        }

        await Eventually.HoldsAsync("nothing of the uploads is left", async () => (await ShellAsync(id, "ls -A /tmp/up")).Trim().Length == 0, Cancellation);
    });

    [Fact]
    public Task Attack60_RequestsThatAreNone_AreRefused() => BesideNeighbourAsync(_neighbours["container"], async () =>
    {
        var before = await RunningAsync();
        string[] bodies =
        [
            """{"metadata":""" + string.Concat(Enumerable.Repeat("{\"a\":", 100_000)) + "1" + new string('}', 100_001),
            new string('[', 500_000), """{"name":"a","name":"b"}""", """{"isolation":"chroot"}""", """{"lifecycle":{"onTimeout":"explode"}}""", """{"cpu":1e400}""", "{\"name\":\"\\ud800\"}", "\0\0\0\0", "{",
        ];
        foreach (var body in bodies)
        {
            var answer = await Api.SendAsync(HttpMethod.Post, "/v1/sandboxes", body, Cancellation);
            answer.ShouldBe(HttpStatusCode.BadRequest, "invalid_request");
        }

        Assert.Equal(before.Order(), (await RunningAsync()).Order());
    });

    [Fact]
    public Task Attack60_CompressedBomb_IsNotUnpacked() => BesideNeighbourAsync(_neighbours["container"], async () =>
    {
        var bomb = new MemoryStream();
        await using (var gzip = new GZipStream(bomb, CompressionLevel.Fastest, leaveOpen: true))
        {
            var zeros = new byte[1 << 20];
            for (var i = 0; i < 512; i++) await gzip.WriteAsync(zeros, Cancellation);
        }

        foreach (var path in (string[])["/v1/sandboxes", $"/v1/sandboxes/{_neighbours["container"]}/exec"])
        {
            using var content = new ByteArrayContent(bomb.ToArray()) { Headers = { ContentType = new MediaTypeHeaderValue("application/json"), ContentEncoding = { "gzip" } } };
            using var answer = await Api.Http.PostAsync(path, content, Cancellation);
            Assert.InRange((int)answer.StatusCode, 400, 499);
        }
    });

    private async Task<TcpClient> ConnectAsync()
    {
        var client = new TcpClient();
        var url = new Uri(Server.Url);
        await client.ConnectAsync(url.Host, url.Port, Cancellation);
        return client;
    }
}
