using System.Net;
using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Text.Json.Nodes;
using Atoll.Hostile.Tests.Kit;
using Atoll.Testing;

namespace Atoll.Hostile.Tests.Control;

/// <summary>Attack 70: a key that ends while it has one of everything open.</summary>
public abstract class RevocationTests(HostileServer server, string isolation) : HostileSuite(server, isolation)
{
    // The promise is a second; this machine does other things meanwhile.
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(15);

    [Theory]
    [InlineData("revoked", "unauthenticated")]
    [InlineData("user removed", "unauthenticated")]
    [InlineData("user lowered", "forbidden_scope")]
    public Task Attack70_KeyThatEnds_EndsWhatItHasOpen(string how, string code) => BesideNeighbourAsync(async () =>
    {
        var id = await CreateAsync();
        var user = "u" + Guid.NewGuid().ToString("N")[..12];
        var ofUser = how.StartsWith("user", StringComparison.Ordinal);
        if (ofUser) await ShouldBeMadeAsync("/v1/team/users", new JsonObject { ["name"] = user, ["role"] = "member" });
        var body = new JsonObject { ["name"] = "brief" };
        if (ofUser) body["user"] = user;
        var key = await ShouldBeMadeAsync("/v1/keys", body);
        using var brief = new Api(Server.Real.Url, (string)key["key"]!);
        await ListenAsync(id);
        await ShellAsync("dd if=/dev/zero of=/tmp/large bs=1M count=48 2>/dev/null", sandbox: id);
        await ShouldBeMadeAsync($"/v1/sandboxes/{id}/processes", new JsonObject { ["command"] = "cat; sleep 600", ["tag"] = "term" });

        using var terminal = await AttachClient.OpenAsync(brief, $"/v1/sandboxes/{id}/processes/term/attach", Cancellation);
        Assert.Equal("attached", (string)(await terminal.ReceiveControlAsync(Cancellation))["type"]!);
        List<(string What, Task Ends)> open = [("terminal", TerminalEndsAsync(terminal, code))];
        foreach (var path in (string[])["/v1/events?follow=true", $"/v1/sandboxes/{id}/events?follow=true", $"/v1/sandboxes/{id}/processes/term/output?follow=true", $"/v1/sandboxes/{id}/logs?follow=true", $"/v1/sandboxes/{id}/files/watch?path=/tmp"])
            open.Add((path, await FollowAsync(brief, path, code)));
        open.Add(("exec", AnsweredAsync(brief.PostAsync($"/v1/sandboxes/{id}/exec", new JsonObject { ["command"] = "echo $$ > /tmp/begun; sleep 600" }, Cancellation), code)));
        using var endless = new EndlessContent();
        open.Add(("upload", EndsAsync(brief.Http.PutAsync($"/v1/sandboxes/{id}/files?path=/tmp/up", endless, Cancellation))));
        open.Add(("port", EndsAsync(brief.Http.GetAsync($"/p/{id}/8000/", Cancellation))));
        open.Add(("download", await DownloadAsync(brief, $"/v1/sandboxes/{id}/files?path=/tmp/large", Task.WhenAll(open.Select(one => one.Ends)))));
        await endless.Begun.WaitAsync(Bound, TimeProvider.System, Cancellation);
        await ShellAsync("for i in $(seq 300); do [ -s /tmp/got ] && [ -s /tmp/begun ] && exit 0; sleep 0.1; done; exit 1", sandbox: id);

        var none = open.Where(one => one.Ends.IsCompleted).Select(one => one.What).ToList();
        Assert.True(none.Count == 0, "ended before the key: " + string.Join(", ", none));
        var at = TimeProvider.System.GetTimestamp();
        var ended = how switch
        {
            "revoked" => await Api.DeleteAsync($"/v1/keys/{key["id"]}", Cancellation),
            "user removed" => await Api.DeleteAsync($"/v1/team/users/{user}", Cancellation),
            _ => await Api.SendAsync(HttpMethod.Patch, $"/v1/team/users/{user}", """{"role":"viewer"}""", Cancellation),
        };
        Assert.True((int)ended.Status < 300, ended.Text);
        try
        {
            await Task.WhenAll(open.Select(one => one.Ends)).WaitAsync(Bound, TimeProvider.System, Cancellation);
        }
        catch (TimeoutException)
        {
            Assert.Fail("still open: " + string.Join(", ", open.Where(one => !one.Ends.IsCompleted).Select(one => one.What)));
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{how}: all {open.Count} ended after {TimeProvider.System.GetElapsedTime(at).TotalMilliseconds:0} ms");

        // What ran for the key alone has ended too; the process that was started to outlive it has not.
        await ShellAsync("for i in $(seq 100); do kill -0 $(cat /tmp/begun) 2> /dev/null || exit 0; sleep 0.1; done; exit 1", sandbox: id);
        Assert.Null((int?)(await Api.GetAsync($"/v1/sandboxes/{id}/processes/term", Cancellation)).Json!["exitCode"]);
        Assert.Equal(HttpStatusCode.NotFound, (await Api.GetAsync($"/v1/sandboxes/{id}/files/stat?path=/tmp/up", Cancellation)).Status);
        if (ofUser && how != "user removed") await Api.DeleteAsync($"/v1/team/users/{user}", Cancellation);
    });

    [Theory]
    [InlineData("close")]
    [InlineData("replace")]
    [InlineData("expire")]
    public Task Attack70_PortThatIsClosed_EndsItsVisits(string how) => BesideNeighbourAsync(async () =>
    {
        var id = await CreateAsync();
        await ListenAsync(id);
        var exposed = await ShouldBeMadeAsync($"/v1/sandboxes/{id}/ports/8000", new JsonObject { ["ttlSeconds"] = how == "expire" ? 10 : 0 });
        using var visitor = new Api(Server.Real.Url, "");
        visitor.Http.DefaultRequestHeaders.Add("X-Atoll-Port-Token", (string)exposed["token"]!);
        var visit = EndsAsync(visitor.Http.GetAsync($"/p/{id}/8000/", Cancellation));
        await ShellAsync("for i in $(seq 300); do [ -s /tmp/got ] && exit 0; sleep 0.1; done; exit 1", sandbox: id);
        Assert.False(visit.IsCompleted);
        if (how == "close") Assert.True((int)(await Api.DeleteAsync($"/v1/sandboxes/{id}/ports/8000", Cancellation)).Status < 300);
        if (how == "replace") await ShouldBeMadeAsync($"/v1/sandboxes/{id}/ports/8000", new JsonObject());
        await visit.WaitAsync(Bound, TimeProvider.System, Cancellation);
    });

    private static async Task TerminalEndsAsync(AttachClient terminal, string code)
    {
        JsonNode control;
        do control = await terminal.ReceiveControlAsync(Cancellation);
        while ((string)control["type"]! != "error");
        Assert.Equal(code, (string)control["problem"]!["code"]!);
        while (await terminal.ReceiveAsync(Cancellation) is not null)
        {
        }

        Assert.Equal(WebSocketCloseStatus.PolicyViolation, terminal.Closed);
    }

    /// <summary>A stream of events that has begun, until it ends with an error that says why.</summary>
    private static async Task<Task> FollowAsync(Api api, string path, string code)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Accept = { MediaTypeWithQualityHeaderValue.Parse("text/event-stream") } } };
        var answer = await api.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{path}: {answer.StatusCode}");
        return ReadAsync();

        async Task ReadAsync()
        {
            using (request)
            using (answer)
            {
                var text = await answer.Content.ReadAsStringAsync(Cancellation);
                Assert.Contains("event: error\n", text, StringComparison.Ordinal);
                Assert.Contains($"\"code\":\"{code}\"", text, StringComparison.Ordinal);
            }
        }
    }

    /// <summary>A download that is not read until all else has ended: what was on its way comes, and then no more.</summary>
    private static async Task<Task> DownloadAsync(Api api, string path, Task rest)
    {
        var answer = await api.Http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, Cancellation);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return ReadAsync();

        async Task ReadAsync()
        {
            using (answer)
            {
                await using var stream = await answer.Content.ReadAsStreamAsync(Cancellation);
                await rest.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                await Assert.ThrowsAnyAsync<IOException>(() => stream.CopyToAsync(Stream.Null, Cancellation));
            }
        }
    }

    private static async Task AnsweredAsync(Task<Answer> running, string code)
    {
        var answer = await running;
        Assert.Equal(code, answer.Code);
    }

    /// <summary>Refused or cut off, and never served.</summary>
    private static async Task EndsAsync(Task<HttpResponseMessage> running)
    {
        try
        {
            using var answer = await running;
            Assert.InRange((int)answer.StatusCode, 400, 499);
        }
        catch (HttpRequestException)
        {
            // Cut off.
        }
    }

    /// <summary>A program that takes a request to port 8000 and never answers.</summary>
    private async Task ListenAsync(string id)
    {
        await ShouldBeMadeAsync($"/v1/sandboxes/{id}/processes", new JsonObject { ["command"] = "sleep 1000 | nc -l -p 8000 > /tmp/got", ["tag"] = "web" });
        await Eventually.HoldsAsync(
            "port 8000 is listened on", async () => (await Api.GetAsync($"/v1/sandboxes/{id}/ports", Cancellation)).Json!["items"]!.AsArray().Any(port => (int)port!["port"]! == 8000), Cancellation);
    }

    private async Task<JsonNode> ShouldBeMadeAsync(string path, JsonObject body)
    {
        var made = await Api.PostAsync(path, body, Cancellation);
        Assert.True(made.Status is HttpStatusCode.Created or HttpStatusCode.OK, made.Text);
        return made.Json!;
    }

    public sealed class Container(HostileServer server) : RevocationTests(server, "container");

    public sealed class GVisor(HostileServer server) : RevocationTests(server, "gvisor");

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
