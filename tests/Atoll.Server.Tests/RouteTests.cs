using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Atoll.Core.Guests.Processes;
using Atoll.Testing;

namespace Atoll.Server.Tests;

public sealed class RouteTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("GET", "", null, 200)]
    [InlineData("PATCH", "", """{"name":"other"}""", 200)]
    [InlineData("POST", "/extend", """{"seconds":60}""", 200)]
    [InlineData("POST", "/pause", null, 200)]
    [InlineData("POST", "/resume", null, 200)]
    [InlineData("POST", "/suspend", null, 200)]
    [InlineData("POST", "/stop", null, 200)]
    [InlineData("POST", "/start", null, 200)]
    [InlineData("POST", "/leases", """{"seconds":60,"name":"demo"}""", 201)]
    [InlineData("POST", "/leases", """{"seconds":1e999}""", 400)]
    [InlineData("GET", "/leases", null, 200)]
    [InlineData("DELETE", "/leases/l00000000000000000000", null, 204)]
    [InlineData("DELETE", "/leases/other", null, 404)]
    [InlineData("PATCH", "", """{"lifecycle":{"onTimeout":"stop","onIdle":"pause","wakeOn":[]}}""", 200)]
    [InlineData("PATCH", "", """{"lifecycle":{"wakeOn":["alarm"]}}""", 400)]
    [InlineData("POST", "/exec", """{"command":"true"}""", 200)]
    [InlineData("POST", "/processes", """{"argv":["true"],"pty":{"cols":80,"rows":24}}""", 201)]
    [InlineData("GET", "/processes", null, 200)]
    [InlineData("GET", "/files/list?path=/", null, 200)]
    [InlineData("POST", "/files/mkdir", """{"path":"/d"}""", 200)]
    [InlineData("POST", "/files/find", """{"path":"/","text":"x"}""", 200)]
    [InlineData("POST", "/files/replace", """{"paths":["/no"],"search":"a","replacement":"b"}""", 200)]
    [InlineData("GET", "/files/watch?path=/d", null, 200)]
    [InlineData("GET", "/files/archive?path=/d", null, 200)]
    [InlineData("GET", "/ports", null, 200)]
    [InlineData("GET", "/logs", null, 200)]
    [InlineData("GET", "/metrics?start=2026-01-01T00:00:00Z", null, 200)]
    [InlineData("GET", "/events", null, 200)]
    [InlineData("DELETE", "", null, 204)]
    [InlineData("POST", "/exec", """{"command":"x","argv":["y"]}""", 400)]
    [InlineData("POST", "/exec", "{}", 400)]
    [InlineData("POST", "/exec", """{"command":"true","timeoutSeconds":-1}""", 400)]
    [InlineData("POST", "/processes", """{"argv":["true"],"pty":{"cols":0,"rows":99999}}""", 400)]
    [InlineData("GET", "/processes/999", null, 404)]
    [InlineData("POST", "/processes/999/signal", """{"signal":"SIGTERM"}""", 404)]
    [InlineData("POST", "/processes/999/signal", """{"signal":"SIGNOPE"}""", 400)]
    [InlineData("GET", "/files?path=/no", null, 404)]
    [InlineData("POST", "/files/chmod", """{"path":"/a","mode":"999"}""", 400)]
    public async Task Sandbox_Route_Answers(string method, string path, string? body, int status)
    {
        using var client = server.Client();
        var id = await server.CreateAsync(client);
        using var request = new HttpRequestMessage(new(method), $"/v1/sandboxes/{id}{path}") { Content = body is null ? null : ServerFixture.Json(body) };
        using var response = await client.SendAsync(request, Cancellation);
        Assert.True(status == (int)response.StatusCode, $"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync(Cancellation)}");
    }

    [Fact]
    public async Task Json_Answer_IsSentWhole()
    {
        using var client = server.Client();
        var id = await server.CreateAsync(client);
        using var done = await client.PostAsync($"/v1/sandboxes/{id}/exec", ServerFixture.Json("""{"command":"true"}"""), Cancellation);
        using var made = await client.PostAsync($"/v1/sandboxes/{id}/processes", ServerFixture.Json("""{"argv":["true"]}"""), Cancellation);
        foreach (var response in new[] { done, made })
        {
            Assert.Null(response.Headers.TransferEncodingChunked);
            Assert.Equal((await response.Content.ReadAsByteArrayAsync(Cancellation)).Length, response.Content.Headers.ContentLength);
            Assert.Equal("application/json; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        }

        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        Assert.StartsWith($"/v1/sandboxes/{id}/processes/", made.Headers.Location?.ToString());
    }

    [Theory]
    [InlineData("/healthz")]
    [InlineData("/readyz")]
    [InlineData("/metrics")]
    [InlineData("/openapi/v1.json")]
    public async Task Service_Route_NeedsNoKey(string path)
    {
        using var client = server.Client(null);
        using var response = await client.GetAsync(path, Cancellation);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Create_WithoutWaiting_GivesAnOperation()
    {
        using var client = server.Client();
        using var accepted = await client.PostAsync("/v1/sandboxes?wait=false", null, Cancellation);
        Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
        var operation = (await ServerFixture.ReadAsync(accepted)).GetProperty("operation");
        using var polled = await client.GetAsync(operation.GetProperty("url").GetString(), Cancellation);
        Assert.Equal("running", (await ServerFixture.ReadAsync(polled)).GetProperty("operation").GetProperty("status").GetString());
    }

    [Fact]
    public async Task Exec_TruncatedInACharacter_DropsItsHalf()
    {
        using var client = server.Client();
        var id = await server.CreateAsync(client);
        using var response = await client.PostAsync($"/v1/sandboxes/{id}/exec", ServerFixture.Json("""{"command":"x","maxOutputBytes":3}"""), Cancellation);
        var result = await ServerFixture.ReadAsync(response);
        Assert.Equal("gr", result.GetProperty("stdout").GetString());
        Assert.True(result.GetProperty("truncated").GetBoolean());
    }

    [Fact]
    public async Task Exec_ClientHangsUp_IsCancelled()
    {
        using var client = server.Client();
        var id = await server.CreateAsync(client);
        var (entered, cancelled) = (new TaskCompletionSource(), new TaskCompletionSource());
        server.Sandboxes.GuestOf(id).Running.OnExec = async cancellation =>
        {
            entered.SetResult();
            using var registration = cancellation.Register(cancelled.SetResult);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);
            throw new InvalidOperationException();
        };
        using var hangUp = new CancellationTokenSource();
        var request = client.PostAsync($"/v1/sandboxes/{id}/exec", ServerFixture.Json("""{"command":"x"}"""), hangUp.Token);
        await entered.Task.WaitAsync(TimeSpan.FromSeconds(60), TimeProvider.System, Cancellation);
        await hangUp.CancelAsync();
        await cancelled.Task.WaitAsync(TimeSpan.FromSeconds(60), TimeProvider.System, Cancellation);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
    }

    [Fact]
    public async Task Output_SplitCharacters_ComeWhole()
    {
        using var client = server.Client();
        var id = await server.CreateAsync(client);
        using var started = await client.PostAsync($"/v1/sandboxes/{id}/processes", ServerFixture.Json("""{"command":"x"}"""), Cancellation);
        var pid = (await ServerFixture.ReadAsync(started)).GetProperty("pid").GetInt32();
        var output = server.Sandboxes.GuestOf(id).Running.Output.Writer;
        var euro = Encoding.UTF8.GetBytes("a€b");
        output.TryWrite(new OutputChunk(OutputStream.Stdout, 0, euro.AsMemory(..2)));
        output.TryWrite(new OutputChunk(OutputStream.Stderr, 2, "E"u8.ToArray()));
        output.TryWrite(new OutputChunk(OutputStream.Stdout, 3, euro.AsMemory(2..)));
        output.TryWrite(new ProcessExited(new(0, null, false)));
        output.Complete();
        var text = await client.GetStringAsync($"/v1/sandboxes/{id}/processes/{pid}/output", Cancellation);
        Assert.Equal(
            """
            id: 1
            event: stdout
            data: {"offset":0,"end":1,"data":"a"}

            id: 1
            event: stderr
            data: {"offset":2,"end":3,"data":"E"}

            id: 6
            event: stdout
            data: {"offset":1,"end":6,"data":"€b"}

            id: 6
            event: exit
            data: {"exitCode":0,"signal":null,"timedOut":false}


            """,
            text);
    }

    [Fact]
    public async Task Output_SandboxDeleted_EndsWithAnErrorEvent()
    {
        using var client = server.Client();
        var id = await server.CreateAsync(client);
        using var started = await client.PostAsync($"/v1/sandboxes/{id}/processes", ServerFixture.Json("""{"command":"x"}"""), Cancellation);
        var pid = (await ServerFixture.ReadAsync(started)).GetProperty("pid").GetInt32();
        var running = server.Sandboxes.GuestOf(id).Running;
        var reading = client.GetStringAsync($"/v1/sandboxes/{id}/processes/{pid}/output", Cancellation);
        await Eventually.HoldsAsync("somebody follows", () => running.Followers == 1, Cancellation);
        (await client.DeleteAsync($"/v1/sandboxes/{id}", Cancellation)).Dispose();
        Assert.Contains("sandbox_ended", await reading.WaitAsync(TimeSpan.FromSeconds(60), TimeProvider.System, Cancellation), StringComparison.Ordinal);
        await Eventually.HoldsAsync("nobody follows", () => running.Followers == 0, Cancellation);
        using var after = await client.GetAsync($"/v1/sandboxes/{id}/ports", Cancellation);
        await ServerFixture.ProblemAsync(after, 410, "sandbox_ended");
    }

    [Theory]
    [InlineData(null, 200, "0123456789", null)]
    [InlineData("bytes=0-3", 206, "0123", "bytes 0-3/10")]
    [InlineData("bytes=7-", 206, "789", "bytes 7-9/10")]
    [InlineData("bytes=-2", 206, "89", "bytes 8-9/10")]
    [InlineData("bytes=-99", 206, "0123456789", "bytes 0-9/10")]
    [InlineData("bytes=8-99", 206, "89", "bytes 8-9/10")]
    [InlineData("bytes=10-", 416, null, "bytes */10")]
    [InlineData("bytes=-0", 416, null, "bytes */10")]
    [InlineData("bytes=5-2", 200, "0123456789", null)]
    [InlineData("bytes=0-1,4-5", 200, "0123456789", null)]
    [InlineData("lines=1-2", 200, "0123456789", null)]
    public async Task ReadFile_Range_IsFollowed(string? range, int status, string? text, string? contentRange)
    {
        using var client = server.Client();
        var id = await server.CreateAsync(client);
        using var written = await client.PutAsync($"/v1/sandboxes/{id}/files?path=a%20b", new StringContent("0123456789"), Cancellation);
        Assert.Equal(HttpStatusCode.OK, written.StatusCode);
        Assert.Equal("/home/user/a b", (await ServerFixture.ReadAsync(written)).GetProperty("path").GetString());
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/sandboxes/{id}/files?path=/home/user/a+b");
        if (range is not null) request.Headers.TryAddWithoutValidation("Range", range);
        using var response = await client.SendAsync(request, Cancellation);
        Assert.Equal(status, (int)response.StatusCode);
        if (text is not null) Assert.Equal(text, await response.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal(contentRange, response.Content.Headers.ContentRange?.ToString());
        using var head = await client.SendAsync(new(HttpMethod.Head, $"/v1/sandboxes/{id}/files?path=a+b"), Cancellation);
        Assert.Equal(10, head.Content.Headers.ContentLength);
    }

    [Fact]
    public async Task WriteFile_BeyondTheLimit_IsTooLarge()
    {
        using var client = server.Client();
        var id = await server.CreateAsync(client);
        using var request = new HttpRequestMessage(HttpMethod.Put, $"/v1/sandboxes/{id}/files?path=/a") { Content = new ByteArrayContent(new byte[300_000]) };
        request.Headers.TransferEncodingChunked = true;
        using var response = await client.SendAsync(request, Cancellation);
        await ServerFixture.ProblemAsync(response, 413, "request_too_large");
        Assert.False(server.Sandboxes.GuestOf(id).Kept.Content.ContainsKey("/a"));
    }

    [Fact]
    public async Task UploadArchive_GzipBomb_IsTooLarge()
    {
        using var client = server.Client();
        var id = await server.CreateAsync(client);
        var bomb = new MemoryStream();
        await using (var zip = new System.IO.Compression.GZipStream(bomb, System.IO.Compression.CompressionLevel.Optimal, leaveOpen: true)) await zip.WriteAsync(new byte[20_000_000], Cancellation);
        using var response = await client.PutAsync($"/v1/sandboxes/{id}/files/archive?path=/a", new ByteArrayContent(bomb.ToArray()), Cancellation);
        await ServerFixture.ProblemAsync(response, 413, "request_too_large");
    }

    [Fact]
    public async Task Events_Followed_GoOnFromTheLastId()
    {
        using var client = server.Client();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/events?follow=true");
        request.Headers.Add("Last-Event-ID", "2");
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);
        Assert.Equal(new MediaTypeHeaderValue("text/event-stream"), response.Content.Headers.ContentType);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Cancellation));
        Assert.Equal("id: 3", await reader.ReadLineAsync(Cancellation));
    }

    [Fact]
    public async Task Processes_SameIdempotencyKey_StartOnce()
    {
        using var client = server.Client();
        client.DefaultRequestHeaders.Add("Idempotency-Key", "k1");
        var id = await server.CreateAsync(client);
        var pids = new List<int>();
        for (var attempt = 0; attempt < 2; attempt++)
        {
            using var response = await client.PostAsync($"/v1/sandboxes/{id}/processes", ServerFixture.Json("""{"command":"x"}"""), Cancellation);
            pids.Add((await ServerFixture.ReadAsync(response)).GetProperty("pid").GetInt32());
        }

        Assert.Equal(pids[0], pids[1]);
        using var other = await client.PostAsync($"/v1/sandboxes/{id}/processes", ServerFixture.Json("""{"command":"y"}"""), Cancellation);
        await ServerFixture.ProblemAsync(other, 409, "idempotency_conflict");
    }
}
