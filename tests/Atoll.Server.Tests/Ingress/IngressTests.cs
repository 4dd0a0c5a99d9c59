using System.Net;
using Atoll.Core.Sandboxes;
using Atoll.Core.Teams;
using Atoll.Server.Tests.Fakes;
using Atoll.Testing;

namespace Atoll.Server.Tests.Ingress;

/// <summary>Everything about the way to a port but the sandbox: who is let in, what each side gets to see of the other.</summary>
public sealed class IngressTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    private const int Port = 8000;
    private const string Token = "atoll_port_0123456789012345678901234567890123456789012";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Key_OfTheTeam_OpensEveryPortAndStaysHere()
    {
        var (id, program) = await StartAsync(FakeProgram.Ok("hello"));
        using var client = server.Client();
        client.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.7");
        client.DefaultRequestHeaders.Add("X-Forwarded-Prefix", "/evil");
        client.DefaultRequestHeaders.Add("X-Atoll-Trace", "1");
        client.DefaultRequestHeaders.Add("X-Own", "kept");
        using var answer = await client.GetAsync($"/p/{id}/{Port}/a//%2fb?x=%201&y", Cancellation);
        Assert.Equal("hello", await answer.Content.ReadAsStringAsync(Cancellation));
        Assert.StartsWith("GET /a//%2fb?x=%201&y HTTP/1.1\r\n", program.Head, StringComparison.Ordinal);
        Assert.Contains($"\r\nHost: {server.Url.Authority}\r\n", program.Head, StringComparison.Ordinal);
        Assert.Contains($"\r\nX-Forwarded-Host: {server.Url.Authority}\r\n", program.Head, StringComparison.Ordinal);
        Assert.Contains($"\r\nX-Forwarded-Prefix: /p/{id}/{Port}\r\n", program.Head, StringComparison.Ordinal);
        Assert.Contains("\r\nX-Forwarded-Proto: http\r\n", program.Head, StringComparison.Ordinal);

        // It came from this host's loopback, as from a proxy in front.
        Assert.Contains("\r\nX-Forwarded-For: 203.0.113.7, 127.0.0.1\r\n", program.Head, StringComparison.Ordinal);
        Assert.Contains("\r\nX-Own: kept\r\n", program.Head, StringComparison.Ordinal);
        Assert.DoesNotContain("/evil", program.Head, StringComparison.Ordinal);
        Assert.DoesNotContain("atoll", program.Head, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("other team")]
    [InlineData("no such key")]
    [InlineData("no scope")]
    [InlineData("wrong token")]
    [InlineData("no such sandbox")]
    [InlineData("no such id")]
    public async Task Stranger_Whatever_GetsTheSameAnswer(string who)
    {
        var (id, program) = await StartAsync(FakeProgram.Ok("secret"));
        server.Ports.Open(id, 9000, Token);
        using var client = server.Client(who switch
        {
            "other team" => server.OtherKey,
            "no such key" => "atoll_0123456789012345678901234567890123456789012",
            "no scope" => server.Teams.Make(new("team_own"), "k", KeyScopes.SandboxesRead | KeyScopes.FilesRead).Secret,
            _ => null,
        });
        if (who == "wrong token") client.DefaultRequestHeaders.Add("X-Atoll-Port-Token", Token);
        var path = who switch { "no such sandbox" => $"/p/{SandboxId.New()}/{Port}/", "no such id" => "/p/web/8000/", _ => $"/p/{id}/{Port}/" };
        using var answer = await client.GetAsync(path, Cancellation);
        var problem = await ServerFixture.ProblemAsync(answer, 404, "not_found");
        Assert.Equal("There is nothing here for you.", problem.GetProperty("detail").GetString());
        Assert.Equal(["not_found"], answer.Headers.GetValues("X-Atoll-Error"));
        Assert.Empty(program.Heads);
    }

    [Fact]
    public async Task Token_InAHeader_OpensItsPortAloneAndStaysHere()
    {
        var (id, program) = await StartAsync(FakeProgram.Ok("hello"));
        server.Ports.Open(id, Port, Token);
        using var client = server.Client(null);
        client.DefaultRequestHeaders.Add("X-Atoll-Port-Token", Token);
        Assert.Equal("hello", await client.GetStringAsync($"/p/{id}/{Port}/", Cancellation));
        Assert.DoesNotContain("atoll", program.Head, StringComparison.OrdinalIgnoreCase);
        using var other = await client.GetAsync($"/p/{id}/{Port + 1}/", Cancellation);
        await ServerFixture.ProblemAsync(other, 404, "not_found");
        Assert.DoesNotContain(server.Logs.Lines, line => line.Contains(Token, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Token_InABrowsersFirstVisit_BecomesACookieThatNobodyElseSees()
    {
        var (id, program) = await StartAsync(FakeProgram.Ok("hello"));
        server.Ports.Open(id, Port, Token, TimeProvider.System.GetUtcNow().AddHours(1));
        using var client = server.Client(null);
        using var visit = new HttpRequestMessage(HttpMethod.Get, $"/p/{id}/{Port}/page?a=1&atoll_port_token={Token}&b=2");
        visit.Headers.Accept.ParseAdd("text/html");
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false };
        using var browser = new HttpClient(handler) { BaseAddress = server.Url };
        using var sent = await browser.SendAsync(visit, Cancellation);
        Assert.Equal(HttpStatusCode.SeeOther, sent.StatusCode);
        Assert.Equal($"/p/{id}/{Port}/page?a=1&b=2", sent.Headers.Location!.OriginalString);
        Assert.Equal(["no-referrer"], sent.Headers.GetValues("Referrer-Policy"));
        var cookie = Assert.Single(sent.Headers.GetValues("Set-Cookie"));
        Assert.Matches($"^atoll_port_token={Token}; Path=/p/{id}/{Port}/; Max-Age=3[56][0-9][0-9]; HttpOnly; SameSite=Lax$", cookie);
        Assert.Empty(program.Heads);

        using var second = new HttpRequestMessage(HttpMethod.Get, sent.Headers.Location);
        second.Headers.Add("Cookie", $"own=1; atoll_port_token={Token}; theme=dark");
        using var answer = await browser.SendAsync(second, Cancellation);
        Assert.Equal("hello", await answer.Content.ReadAsStringAsync(Cancellation));
        Assert.Contains("\r\nCookie: own=1; theme=dark\r\n", program.Head, StringComparison.Ordinal);
        Assert.DoesNotContain("atoll", program.Head, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Token_InTheQueryOfAProgram_IsTakenOutAndOpens()
    {
        var (id, program) = await StartAsync(FakeProgram.Ok("hello"));
        server.Ports.Open(id, Port, Token);
        using var client = server.Client(null);
        Assert.Equal("hello", await client.GetStringAsync($"/p/{id}/{Port}/events?atoll_port_token={Token}", Cancellation));
        Assert.StartsWith("GET /events HTTP/1.1\r\n", program.Head, StringComparison.Ordinal);
        Assert.DoesNotContain(server.Logs.Lines, line => line.Contains(Token, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Referer: http://x/p/y/8000/page?a=1&atoll_port_token={T}&b=2", "Referer: http://x/p/y/8000/page?a=1&b=2")]
    [InlineData("Referer: http://x/page?%61toll_port_token={T}", "Referer: http://x/page")]
    [InlineData("Referer: http://x/page?ATOLL_PORT_TOKEN={T}&next=1", "Referer: http://x/page?next=1")]
    [InlineData("Referer: http://x/page?next=%2Fp%3Fatoll_port_token%3D{T}", "Referer: http://x/page")]
    [InlineData("Referer: http://x/{T}/page", null)]
    [InlineData("Referer: http://x/page?next=1", "Referer: http://x/page?next=1")]
    [InlineData("Origin: http://{T}.example", null)]
    [InlineData("X-My-Token: {T}", null)]
    [InlineData("X-My-Token: %2561toll_port_0123456789012345678901234567890123456789012", null)]
    [InlineData("Sec-WebSocket-Protocol: bearer, {T}", null)]
    [InlineData("X-My-Token: atoll_port_short", "X-My-Token: atoll_port_short")]
    public async Task Token_InAnyHeader_StaysHere(string sent, string? arrives)
    {
        var (id, program) = await StartAsync(FakeProgram.Ok("hello"));
        server.Ports.Open(id, Port, null);
        await RawHttp.SendAsync(server.Url, $"GET /p/{id}/{Port}/ HTTP/1.1\r\nHost: x\r\n{sent.Replace("{T}", Token, StringComparison.Ordinal)}\r\nConnection: close\r\n\r\n");
        Assert.DoesNotContain(Token[11..], program.Head, StringComparison.Ordinal);
        var name = sent[..sent.IndexOf(':', StringComparison.Ordinal)];
        if (arrives is null) Assert.DoesNotContain($"\r\n{name}:", program.Head, StringComparison.Ordinal);
        else Assert.Contains($"\r\n{arrives}\r\n", program.Head, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a=1&token=T", "?a=1")]
    [InlineData("Atoll_Port_Token=T", "")]
    [InlineData("a=1;atoll_port_token=T", "")]
    [InlineData("a=%2561toll_port_0123456789012345678901234567890123456789012&b", "?b")]
    [InlineData("a=atoll_port&b=%20", "?a=atoll_port&b=%20")]
    public async Task Token_AnywhereInTheQuery_StaysHere(string sent, string arrives)
    {
        var (id, program) = await StartAsync(FakeProgram.Ok("hello"));
        server.Ports.Open(id, Port, null);
        using var client = server.Client(null);
        Assert.Equal("hello", await client.GetStringAsync($"/p/{id}/{Port}/x?{sent.Replace("=T", "=" + Token, StringComparison.Ordinal)}", Cancellation));
        Assert.StartsWith($"GET /x{arrives} HTTP/1.1\r\n", program.Head, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HostForm_OfAPort_IsAnOriginOfItsOwn()
    {
        var (id, program) = await StartAsync(FakeProgram.Ok("hello", "Set-Cookie: a=1; Domain=localhost; Path=/x\r\nLocation: /y\r\n"));
        server.Ports.Open(id, Port, null);
        var answer = await RawHttp.SendAsync(server.Url, $"GET /v1/whoami HTTP/1.1\r\nHost: {Port}-{id}.localhost:7800\r\nConnection: close\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", answer, StringComparison.Ordinal);
        Assert.StartsWith("GET /v1/whoami HTTP/1.1\r\n", program.Head, StringComparison.Ordinal);
        Assert.Contains($"\r\nHost: {Port}-{id}.localhost:7800\r\n", program.Head, StringComparison.Ordinal);
        Assert.DoesNotContain("X-Forwarded-Prefix", program.Head, StringComparison.Ordinal);
        Assert.Contains("\r\nSet-Cookie: a=1; Path=/x\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("\r\nLocation: /y\r\n", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("Content-Security-Policy", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HostForm_FirstVisitWithTwoSlashes_StaysOnItsHost()
    {
        var (id, _) = await StartAsync(FakeProgram.Ok("hello"));
        server.Ports.Open(id, Port, Token);
        var answer = await RawHttp.SendAsync(server.Url, $"GET //evil.example/?atoll_port_token={Token} HTTP/1.1\r\nHost: {Port}-{id}.localhost\r\nAccept: text/html\r\nConnection: close\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 303 ", answer, StringComparison.Ordinal);
        Assert.Contains("\r\nLocation: /.//evil.example/\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("; Path=/; HttpOnly", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Answer_InThePathForm_SaysNothingAboutTheApisOrigin()
    {
        const string Headers = """
            Set-Cookie: session=1; Path=/; Domain=127.0.0.1; HttpOnly
            Set-Cookie: plain=1
            Set-Cookie: atoll_port_token=stolen; Path=/
            Service-Worker-Allowed: /
            Clear-Site-Data: "*"
            Strict-Transport-Security: max-age=1000
            WWW-Authenticate: Basic realm="atoll"
            Reporting-Endpoints: default="https://evil.example"
            Alt-Svc: h2="evil.example:443"
            X-Request-Id: forged
            X-Atoll-Error: forged
            Content-Security-Policy: default-src 'self'
            Location: /login
            X-Own: kept

            """;
        var (id, _) = await StartAsync(FakeProgram.Ok("<script>", Headers.ReplaceLineEndings("\r\n")));
        using var client = server.Client();
        using var answer = await client.GetAsync($"/p/{id}/{Port}/", Cancellation);
        Assert.Equal([$"session=1; HttpOnly; Path=/p/{id}/{Port}/", $"plain=1; Path=/p/{id}/{Port}/"], answer.Headers.GetValues("Set-Cookie"));
        foreach (var gone in (string[])["Service-Worker-Allowed", "Clear-Site-Data", "Strict-Transport-Security", "WWW-Authenticate", "Reporting-Endpoints", "Alt-Svc", "X-Atoll-Error"])
            Assert.False(answer.Headers.Contains(gone), gone);
        Assert.StartsWith("req_", Assert.Single(answer.Headers.GetValues("X-Request-Id")), StringComparison.Ordinal);
        var policies = answer.Headers.GetValues("Content-Security-Policy").ToList();
        Assert.Contains("default-src 'self'", policies);
        Assert.Contains(policies, policy => policy.StartsWith("sandbox allow-scripts", StringComparison.Ordinal) && !policy.Contains("allow-same-origin", StringComparison.Ordinal));
        Assert.Equal($"/p/{id}/{Port}/login", answer.Headers.Location!.OriginalString);
        Assert.True(answer.Headers.Contains("X-Own"));
    }

    [Fact]
    public async Task ServiceWorker_InThePathForm_IsNotGivenOut()
    {
        var (id, program) = await StartAsync(FakeProgram.Ok("self.onfetch=1"));
        using var client = server.Client();
        client.DefaultRequestHeaders.Add("Service-Worker", "script");
        using var answer = await client.GetAsync($"/p/{id}/{Port}/sw.js", Cancellation);
        await ServerFixture.ProblemAsync(answer, 404, "not_found");
        Assert.Empty(program.Heads);
    }

    [Theory]
    [InlineData("CONNECT")]
    [InlineData("TRACE")]
    public async Task Method_ThatIsForProxies_IsRefused(string method)
    {
        var (id, program) = await StartAsync(FakeProgram.Ok("hello"));
        server.Ports.Open(id, Port, null);
        var answer = await RawHttp.SendAsync(server.Url, $"{method} /p/{id}/{Port}/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        Assert.Matches("^HTTP/1.1 4", answer);
        Assert.Empty(program.Heads);
    }

    [Fact]
    public async Task Answer_WithASecondOneBehindIt_ReachesNobody()
    {
        var (id, program) = await StartAsync(FakeProgram.Ok("first") + FakeProgram.Ok("poison"));
        server.Ports.Open(id, Port, null);
        using var client = server.Client(null);
        Assert.Equal("first", await client.GetStringAsync($"/p/{id}/{Port}/", Cancellation));
        Assert.Equal("first", await client.GetStringAsync($"/p/{id}/{Port}/", Cancellation));
        Assert.Equal(2, program.Heads.Count);
    }

    [Fact]
    public async Task Upgrade_ToAnythingButAWebSocket_IsAPlainRequest()
    {
        var (id, program) = await StartAsync(FakeProgram.Ok("plain"));
        server.Ports.Open(id, Port, null);
        var answer = await RawHttp.SendAsync(
            server.Url, $"GET /p/{id}/{Port}/ HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings, X-Hop\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\nX-Hop: 1\r\n\r\n".Replace("Connection: ", "Connection: close, ", StringComparison.Ordinal));
        Assert.Contains("plain", answer, StringComparison.Ordinal);
        foreach (var hop in (string[])["Upgrade", "HTTP2-Settings", "X-Hop"]) Assert.DoesNotContain("\r\n" + hop + ":", program.Head, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Program_ThatIsNotThere_IsSaidToProgramsAndToPeople()
    {
        var (id, _) = await StartAsync(FakeProgram.Ok("hello"));
        using var client = server.Client();
        using var answer = await client.GetAsync($"/p/{id}/81/", Cancellation);
        await ServerFixture.ProblemAsync(answer, 502, "port_not_listening");
        Assert.Equal(["port_not_listening"], answer.Headers.GetValues("X-Atoll-Error"));
        client.DefaultRequestHeaders.Accept.ParseAdd("text/html");
        using var page = await client.GetAsync($"/p/{id}/81/", Cancellation);
        Assert.Equal((HttpStatusCode.BadGateway, "text/html"), (page.StatusCode, page.Content.Headers.ContentType?.MediaType));
        Assert.Contains("listens on port 81", await page.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello")]
    public async Task Program_ThatAnswersNoHttp_IsABadGateway(string said)
    {
        var (id, _) = await StartAsync(said);
        using var client = server.Client();
        using var answer = await client.GetAsync($"/p/{id}/{Port}/", Cancellation);
        await ServerFixture.ProblemAsync(answer, 502, "guest_failure");
    }

    [Fact]
    public async Task Program_WithTooLargeAHead_IsABadGateway()
    {
        var (id, _) = await StartAsync("HTTP/1.1 200 OK\r\nX-Large: " + new string('x', 100_000) + "\r\n\r\n");
        using var client = server.Client();
        using var answer = await client.GetAsync($"/p/{id}/{Port}/", Cancellation);
        await ServerFixture.ProblemAsync(answer, 502, "guest_failure");
    }

    [Fact]
    public async Task Program_ThatEndsWithin_BreaksTheAnswerOff()
    {
        var (id, _) = await StartAsync("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
        using var client = server.Client();
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => client.GetStringAsync($"/p/{id}/{Port}/", Cancellation));
    }

    [Fact]
    public async Task Head_OfAStreamThatHasNothingToSayYet_IsSentAtOnce()
    {
        var gate = new TaskCompletionSource();
        var (id, _) = await StartAsync(async (_, stream) =>
        {
            await FakeProgram.WriteAsync(stream, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n");
            await gate.Task;
            await FakeProgram.WriteAsync(stream, "data: 1\n\n");
        });
        using var client = server.Client();
        using var answer = await client.GetAsync($"/p/{id}/{Port}/", HttpCompletionOption.ResponseHeadersRead, Cancellation);
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType?.MediaType);
        gate.SetResult();
        Assert.Equal("data: 1\n\n", await answer.Content.ReadAsStringAsync(Cancellation));
    }

    [Fact]
    public async Task Requests_MoreOpenThanOneSandboxMayHave_AreToldSoAndOthersGoOn()
    {
        var gate = new TaskCompletionSource();
        var (id, program) = await StartAsync(async (_, stream) =>
        {
            await gate.Task;
            await FakeProgram.WriteAsync(stream, FakeProgram.Ok("late"));
        });
        var (other, _) = await StartAsync(FakeProgram.Ok("other"));
        using var client = server.Client();
        var held = Enumerable.Range(0, 3).Select(_ => client.GetStringAsync($"/p/{id}/{Port}/", Cancellation)).ToList();
        await Eventually.HoldsAsync("three are held", () => program.Heads.Count == 3, Cancellation);
        using var refused = await client.GetAsync($"/p/{id}/{Port}/", Cancellation);
        await ServerFixture.ProblemAsync(refused, 429, "too_many");
        Assert.Equal("other", await client.GetStringAsync($"/p/{other}/{Port}/", Cancellation));
        gate.SetResult();
        Assert.All(await Task.WhenAll(held), text => Assert.Equal("late", text));
        await Eventually.HoldsAsync("places are free again", async () => (await client.GetAsync($"/p/{id}/{Port}/", Cancellation)).StatusCode == HttpStatusCode.OK, Cancellation);
    }

    [Fact]
    public async Task Body_LargerThanMayBe_IsRefused()
    {
        var (id, program) = await StartAsync(FakeProgram.Ok("hello"));
        using var client = server.Client();
        using var content = new ByteArrayContent(new byte[100_001]);
        using var answer = await client.PostAsync($"/p/{id}/{Port}/", content, Cancellation);
        await ServerFixture.ProblemAsync(answer, 413, "request_too_large");
        Assert.Empty(program.Heads);
    }

    [Fact]
    public async Task Status_BareOneOfTheSandbox_IsPassedOnAsItIs()
    {
        var (id, _) = await StartAsync("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
        using var client = server.Client();
        using var answer = await client.GetAsync($"/p/{id}/{Port}/", Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Empty(await answer.Content.ReadAsStringAsync(Cancellation));
        Assert.False(answer.Headers.Contains("X-Atoll-Error"));
    }

    [Fact]
    public async Task Sandbox_ThatEnds_EndsItsAnswers()
    {
        var (id, program) = await StartAsync(async (_, stream) =>
        {
            await FakeProgram.WriteAsync(stream, "HTTP/1.1 200 OK\r\n\r\nbegun");
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, Cancellation);
        });
        using var client = server.Client();
        using var answer = await client.GetAsync($"/p/{id}/{Port}/", HttpCompletionOption.ResponseHeadersRead, Cancellation);
        var reading = answer.Content.ReadAsStringAsync(Cancellation);
        using var deleted = await client.DeleteAsync($"/v1/sandboxes/{id}", Cancellation);
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => reading);
        Assert.Single(program.Heads);
    }

    [Fact]
    public async Task Log_OfAVisit_HasNoPathAndNoQuery()
    {
        var (id, _) = await StartAsync(FakeProgram.Ok("hello"));
        using var client = server.Client();
        await client.GetStringAsync($"/p/{id}/{Port}/private-path?secret=query", Cancellation);
        await Eventually.HoldsAsync("the request is logged", () => server.Logs.Lines.Any(line => line.Contains(id, StringComparison.Ordinal) && line.Contains("/p/{id}/{port}", StringComparison.Ordinal)), Cancellation);
        Assert.DoesNotContain(server.Logs.Lines, line => line.Contains("private-path", StringComparison.Ordinal) || line.Contains("secret=query", StringComparison.Ordinal));
    }

    private Task<(string Id, FakeProgram Program)> StartAsync(string answer) => StartAsync((_, stream) => FakeProgram.WriteAsync(stream, answer));

    private async Task<(string Id, FakeProgram Program)> StartAsync(Func<string, Stream, Task> answer)
    {
        using var client = server.Client();
        var id = await server.CreateAsync(client);
        var program = new FakeProgram(answer);
        server.Sandboxes.GuestOf(id).Programs[Port] = program;
        return (id, program);
    }
}
