using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Atoll.EndToEnd.Tests.Cli;
using Atoll.EndToEnd.Tests.Code;
using Atoll.Testing;

namespace Atoll.EndToEnd.Tests.Ports;

/// <summary>From outside to a program in a real sandbox, in both forms of address; each kind of isolation passes all of it.</summary>
public abstract class PortSuite(CodeServer server, PortSandbox shared, string isolation, string runtime) : IAsyncLifetime
{
    private const long Large = 100_000_000;
    private Api _api = null!;
    private string _id = "";

    public static TheoryData<int> Ports => [PortProgram.Everywhere, PortProgram.Loopback];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Requires.Root();
        Requires.Tool(runtime);
        _api = await server.ReadyAsync(Cancelled);
        _id = await shared.ReadyAsync(server, isolation, Cancelled);
    }

    public ValueTask DisposeAsync()
    {
        _api?.Dispose();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Theory, MemberData(nameof(Ports))]
    public async Task Request_WithAKey_ArrivesAsItWasSentWithoutTheKey(int port)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Path(port, "/echo/a//b%2Fc?x=%20&y")) { Content = new StringContent("body") };
        request.Headers.Add("X-API-Key", "an app's own");
        request.Headers.Add("Cookie", "theirs=1");
        using var answer = await _api.Http.SendAsync(request, Cancelled);
        var said = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancelled))!;
        Assert.Equal(("POST", "/echo/a//b%2Fc?x=%20&y", "body"), ((string)said["method"]!, (string)said["path"]!, (string)said["body"]!));
        Assert.Equal("an app's own", HeaderOf(said, "X-API-Key"));
        Assert.Equal("theirs=1", HeaderOf(said, "Cookie"));
        Assert.Equal($"/p/{_id}/{port}", HeaderOf(said, "X-Forwarded-Prefix"));
        Assert.Null(HeaderOf(said, "Authorization"));
        Assert.DoesNotContain(_api.Key, said.ToJsonString(), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Ports))]
    public async Task Bytes_AHundredMegabytes_GoBothWaysWhole(int port)
    {
        var expected = Pattern(Large);
        using (var answer = await _api.Http.GetAsync(Path(port, $"/bytes/{Large}"), HttpCompletionOption.ResponseHeadersRead, Cancelled))
        {
            await using var body = await answer.Content.ReadAsStreamAsync(Cancelled);
            Assert.Equal(expected, Convert.ToHexStringLower(await SHA256.HashDataAsync(body, Cancelled)));
        }

        foreach (var chunked in new[] { false, true })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, Path(port, "/upload")) { Content = new StreamContent(new PatternStream(Large)) };
            if (chunked) request.Headers.TransferEncodingChunked = true;
            else request.Content.Headers.ContentLength = Large;
            using var answer = await _api.Http.SendAsync(request, Cancelled);
            var said = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancelled))!;
            Assert.Equal((Large, expected), ((long)said["count"]!, (string)said["sha256"]!));
        }
    }

    [Theory, MemberData(nameof(Ports))]
    public async Task WebSocket_InBothForms_CarriesMessagesBothWays(int port)
    {
        var token = (string)(await ExposeAsync(port, new()))["token"]!;
        foreach (var form in new[] { "path", "host" })
        {
            using var socket = new ClientWebSocket();
            Uri address;
            if (form == "path")
            {
                socket.Options.SetRequestHeader("Authorization", "Bearer " + _api.Key);
                address = new($"ws://{Origin.Authority}{Path(port, "/ws")}");
            }
            else
            {
                // As a page's script does: no headers, the token in the address.
                socket.Options.SetRequestHeader("Host", $"{port}-{_id}.localhost:{Origin.Port}");
                address = new($"ws://{Origin.Authority}/ws?atoll_port_token={token}");
            }

            await socket.ConnectAsync(address, Cancelled);
            foreach (var length in new[] { 1, 100, 60_000 })
            {
                var message = RandomNumberGenerator.GetBytes(length);
                await socket.SendAsync(message, WebSocketMessageType.Binary, true, Cancelled);
                var back = new byte[length + 1];
                var count = 0;
                ValueWebSocketReceiveResult part;
                do
                {
                    part = await socket.ReceiveAsync(back.AsMemory(count), Cancelled);
                    count += part.Count;
                }
                while (!part.EndOfMessage);
                Assert.Equal(message, back[..count]);
            }

            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, Cancelled);
        }
    }

    [Fact]
    public async Task Events_SentOneByOne_ArriveOneByOne()
    {
        using var answer = await _api.Http.GetAsync(Path(PortProgram.Everywhere, "/events"), HttpCompletionOption.ResponseHeadersRead, Cancelled);
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(Cancelled));
        Assert.Equal("data: 1", await lines.ReadLineAsync(Cancelled));
        (await _api.Http.GetAsync(Path(PortProgram.Loopback, "/go"), Cancelled)).Dispose();
        Assert.Equal("", await lines.ReadLineAsync(Cancelled));
        Assert.Equal("data: 2", await lines.ReadLineAsync(Cancelled));
    }

    [Fact]
    public async Task Port_NobodyListensOn_IsABadGatewayWithACode()
    {
        foreach (var port in new[] { 81, 19_717 }) (await _api.GetAsync(Path(port, "/"), Cancelled)).ShouldBe(HttpStatusCode.BadGateway, "port_not_listening");
    }

    [Fact]
    public async Task Strangers_GetOneAnswerWhateverIsThere()
    {
        var other = await SecondTeam.CreateAsync(server.Real, Cancelled);
        var nobody = $"/p/s{new string('0', 20)}/{PortProgram.Everywhere}/echo";
        foreach (var (key, path) in new[] { ("", Path(PortProgram.Everywhere, "/echo")), (other, Path(PortProgram.Everywhere, "/echo")), ("", nobody), (other, nobody), (_api.Key, nobody) })
        {
            using var stranger = new Api(server.Real.Url, key);
            var answer = await stranger.GetAsync(path, Cancelled);
            answer.ShouldBe(HttpStatusCode.NotFound, "not_found");
            Assert.Equal("There is nothing here for you.", (string)answer.Json!["detail"]!);
        }
    }

    [Fact]
    public async Task Exposure_FromTokenToPublicToClosed_LetsInWhomItSays()
    {
        const int Port = PortProgram.Loopback;
        using var anybody = new Api(server.Real.Url, "");
        var first = await ExposeAsync(Port, new());
        Assert.Equal($"http://{Port}-{_id}.localhost:{Origin.Port}/", (string)first["url"]!);
        Assert.Equal($"http://{Origin.Authority}/p/{_id}/{Port}/", (string)first["pathUrl"]!);
        var token = (string)first["token"]!;
        Assert.Equal(HttpStatusCode.NotFound, await VisitAsync(anybody, Port, null));
        Assert.Equal(HttpStatusCode.OK, await VisitAsync(anybody, Port, token));
        Assert.Equal(HttpStatusCode.NotFound, await VisitAsync(anybody, PortProgram.Everywhere, token));

        var second = (string)(await ExposeAsync(Port, new()))["token"]!;
        Assert.Equal(HttpStatusCode.NotFound, await VisitAsync(anybody, Port, token));
        Assert.Equal(HttpStatusCode.OK, await VisitAsync(anybody, Port, second));

        Assert.Null((string?)(await ExposeAsync(Port, new() { ["public"] = true }))["token"]);
        Assert.Equal(HttpStatusCode.OK, await VisitAsync(anybody, Port, null));
        var view = (await _api.GetAsync($"/v1/sandboxes/{_id}", Cancelled)).Json!;
        Assert.Contains(Port, view["ports"]!.AsArray().Select(port => (int)port!));
        Assert.Equal((string)first["url"]!, (string)view["urls"]![Port.ToString(CultureInfo.InvariantCulture)]!);

        await ExposeAsync(Port, new() { ["ttlSeconds"] = 0.05 });
        var brief = (string)(await ExposeAsync(Port, new() { ["ttlSeconds"] = 0.05 }))["token"]!;
        await Eventually.HoldsAsync("its time is up", async () => await VisitAsync(anybody, Port, brief) == HttpStatusCode.NotFound, Cancelled);

        await ExposeAsync(Port, new() { ["public"] = true });
        Assert.Equal(HttpStatusCode.NoContent, (await _api.DeleteAsync($"/v1/sandboxes/{_id}/ports/{Port}", Cancelled)).Status);
        Assert.Equal(HttpStatusCode.NotFound, await VisitAsync(anybody, Port, null));
        (await _api.DeleteAsync($"/v1/sandboxes/{_id}/ports/{Port}", Cancelled)).ShouldBe(HttpStatusCode.NotFound, "port_not_exposed");
        var events = (await _api.GetAsync($"/v1/sandboxes/{_id}/events?limit=1000", Cancelled)).Json!["items"]!.AsArray().Select(happened => $"{happened!["type"]} {happened["detail"]}").ToList();
        Assert.Contains($"port.exposed {Port} public", events);
        Assert.Contains($"port.closed {Port}", events);
        foreach (var secret in new[] { token, second, brief }) Assert.DoesNotContain(secret, server.Real.ReadLog(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cli_ExposeListClose_PrintsAnAddressThatOpens()
    {
        var cli = new CliProgram(server.Real);
        var port = PortProgram.Everywhere.ToString(CultureInfo.InvariantCulture);
        var address = new Uri((await cli.RunAsync("port", "expose", _id, port)).Succeeded().Trim());
        Assert.Equal($"{port}-{_id}.localhost", address.Host);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"http://{Origin.Authority}/echo{address.Query}"));
        request.Headers.Host = address.Authority;
        using var anybody = new Api(server.Real.Url, "");
        using var answer = await anybody.Http.SendAsync(request, Cancelled);
        var said = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancelled))!;
        Assert.Equal("/echo", (string)said["path"]!);
        Assert.Equal(address.Authority, HeaderOf(said, "Host"));
        Assert.Matches($"(?m)^{port} +0.0.0.0 .*its token", (await cli.RunAsync("port", "ls", _id)).Succeeded());
        Assert.Equal(port, (await cli.RunAsync("port", "close", _id, port)).Succeeded().Trim());
        Assert.Matches($"(?m)^{port} +0.0.0.0 .*keys", (await cli.RunAsync("port", "ls", _id)).Succeeded());
    }

    [Fact]
    public async Task TwoSandboxes_OnePort_EachAnswersForItself()
    {
        var other = await PortSandbox.StartAsync(_api, isolation, Cancelled, new() { ["network"] = new JsonObject { ["publicPorts"] = new JsonArray(PortProgram.Everywhere), ["egress"] = new JsonObject { ["default"] = "deny" } } });
        using var anybody = new Api(server.Real.Url, "");
        foreach (var _ in Enumerable.Range(0, 10))
        {
            foreach (var (id, api) in new[] { (_id, _api), (other, anybody) })
            {
                var said = (await api.GetAsync($"/p/{id}/{PortProgram.Everywhere}/echo", Cancelled)).Json!;
                Assert.Equal($"/p/{id}/{PortProgram.Everywhere}", HeaderOf(said, "X-Forwarded-Prefix"));
            }
        }

        await _api.DeleteAsync($"/v1/sandboxes/{other}", Cancelled);
    }

    [Theory, MemberData(nameof(Ports))]
    public async Task Sandbox_DeletedMidStream_EndsTheStreamAndClosesThePort(int port)
    {
        var id = await PortSandbox.StartAsync(_api, isolation, Cancelled);
        using var answer = await _api.Http.GetAsync($"/p/{id}/{port}/forever", HttpCompletionOption.ResponseHeadersRead, Cancelled);
        await using var body = await answer.Content.ReadAsStreamAsync(Cancelled);
        await body.ReadExactlyAsync(new byte[20], Cancelled);
        Assert.Equal(HttpStatusCode.NoContent, (await _api.DeleteAsync($"/v1/sandboxes/{id}", Cancelled)).Status);
        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            while (await body.ReadAsync(new byte[4096], Cancelled).AsTask().WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System, Cancelled) > 0)
            {
            }
        });
        (await _api.GetAsync($"/p/{id}/{port}/echo", Cancelled)).ShouldBe(HttpStatusCode.Gone, "sandbox_ended");
        using var anybody = new Api(server.Real.Url, "");
        (await anybody.GetAsync($"/p/{id}/{port}/echo", Cancelled)).ShouldBe(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task Client_ThatGoesAway_FreesItsPlace()
    {
        // More than the agent has tunnels for, one after the other.
        for (var count = 0; count < 150; count++)
        {
            using var client = new TcpClient();
            await client.ConnectAsync(Origin.Host, Origin.Port, Cancelled);
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"GET {Path(PortProgram.Loopback, "/forever")} HTTP/1.1\r\nHost: x\r\nX-API-Key: {_api.Key}\r\n\r\n"), Cancelled);
            await client.GetStream().ReadExactlyAsync(new byte[12], Cancelled);
        }

        await Eventually.HoldsAsync("the port answers", async () => (await _api.GetAsync(Path(PortProgram.Loopback, "/echo"), Cancelled)).Status == HttpStatusCode.OK, Cancelled);
    }

    [Fact]
    public async Task Api_WhileASandboxIsFlooded_GoesOnAnswering()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        var flood = Enumerable.Range(0, 16).Select(async _ =>
        {
            while (!stop.IsCancellationRequested)
            {
                using var answer = await _api.Http.GetAsync(Path(PortProgram.Everywhere, "/bytes/10000000"), HttpCompletionOption.ResponseHeadersRead, stop.Token);
                await (await answer.Content.ReadAsStreamAsync(stop.Token)).CopyToAsync(Stream.Null, stop.Token);
            }
        }).ToList();
        for (var count = 0; count < 20; count++) Assert.Equal(HttpStatusCode.OK, (await _api.GetAsync("/v1/whoami", Cancelled)).Status);
        Assert.DoesNotContain(flood, one => one.IsFaulted);
        await stop.CancelAsync();
        await Task.WhenAll(flood).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    private Uri Origin => new(server.Real.Url);

    private static string? HeaderOf(JsonNode said, string name) =>
        said["headers"]!.AsArray().Where(header => string.Equals((string)header![0]!, name, StringComparison.OrdinalIgnoreCase)).Select(header => (string)header![1]!).SingleOrDefault();

    private static string Pattern(long count)
    {
        using var stream = new PatternStream(count);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    private string Path(int port, string path) => $"/p/{_id}/{port}{path}";

    private async Task<JsonNode> ExposeAsync(int port, JsonObject body)
    {
        var answer = await _api.PostAsync($"/v1/sandboxes/{_id}/ports/{port}", body, Cancelled);
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
        return answer.Json!;
    }

    private async Task<HttpStatusCode> VisitAsync(Api api, int port, string? token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Path(port, "/echo"));
        if (token is not null) request.Headers.Add("X-Atoll-Port-Token", token);
        using var answer = await api.Http.SendAsync(request, Cancelled);
        Assert.DoesNotContain("atoll_port", await answer.Content.ReadAsStringAsync(Cancelled), StringComparison.Ordinal);
        return answer.StatusCode;
    }
}
