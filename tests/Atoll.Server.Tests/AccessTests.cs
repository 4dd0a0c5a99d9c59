using System.Net.Http.Headers;
using Atoll.Testing;
using Microsoft.AspNetCore.Routing;

namespace Atoll.Server.Tests;

public sealed class AccessTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task EveryRouteOfASandbox_WithAnotherTeamsKey_IsNotFound()
    {
        using var own = server.Client();
        using var other = server.Client(server.OtherKey);
        var id = await server.CreateAsync(own);
        var tried = 0;
        foreach (var (method, path) in Routes(id).Where(route => route.Path.Contains(id, StringComparison.Ordinal)))
        {
            using var request = new HttpRequestMessage(new(method), path) { Content = Body(method, path) };
            using var response = await other.SendAsync(request, Cancellation);
            Assert.True((int)response.StatusCode == 404, $"{method} {path}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync(Cancellation)}");
            tried++;
        }

        Assert.InRange(tried, 30, 200);
        using var still = await own.GetAsync($"/v1/sandboxes/{id}", Cancellation);
        Assert.Contains("\"running\"", await still.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task EveryRoute_WithoutAKey_IsUnauthenticated()
    {
        using var client = server.Client(null);
        foreach (var (method, path) in Routes("s").Append(("GET", "/v1/nowhere")))
        {
            using var request = new HttpRequestMessage(new(method), path);
            using var response = await client.SendAsync(request, Cancellation);
            Assert.True((int)response.StatusCode == 401, $"{method} {path}: {(int)response.StatusCode}");
            Assert.Equal("Bearer", response.Headers.WwwAuthenticate.Single().Scheme);
        }
    }

    [Theory]
    [InlineData("/v1/whoami?api_key=atoll_x")]
    [InlineData("/v1/whoami?access_token=atoll_x")]
    [InlineData("/v1/whoami?token=atoll_x")]
    public async Task KeyInTheQuery_IsRefusedEvenWithAHeader(string path)
    {
        using var client = server.Client();
        using var response = await client.GetAsync(path, Cancellation);
        await ServerFixture.ProblemAsync(response, 401, "unauthenticated");
    }

    [Fact]
    public async Task RevokedKey_OpensNothing()
    {
        using var own = server.Client();
        using var made = await own.PostAsync("/v1/keys", ServerFixture.Json("""{"name":"short"}"""), Cancellation);
        var key = await ServerFixture.ReadAsync(made);
        using var client = server.Client(null);
        client.DefaultRequestHeaders.Add("X-API-Key", key.GetProperty("key").GetString());
        Assert.Contains("team_own", await client.GetStringAsync("/v1/whoami", Cancellation), StringComparison.Ordinal);
        (await own.DeleteAsync("/v1/keys/" + key.GetProperty("id").GetString(), Cancellation)).Dispose();
        using var after = await client.GetAsync("/v1/whoami", Cancellation);
        await ServerFixture.ProblemAsync(after, 401, "unauthenticated");
        Assert.DoesNotContain(key.GetProperty("key").GetString()!, await own.GetStringAsync("/v1/keys", Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Logs_OfRequests_HoldNoPathQueryBodyOrKey()
    {
        using var client = server.Client();
        var id = await server.CreateAsync(client);
        (await client.GetAsync($"/v1/sandboxes/{id}/files?path=/private-place", Cancellation)).Dispose();
        (await client.PostAsync($"/v1/sandboxes/{id}/exec", ServerFixture.Json("""{"command":"private-command"}"""), Cancellation)).Dispose();
        await Eventually.HoldsAsync(
            "the line is written, which the answer does not wait for",
            () => server.Logs.Lines.Any(line => line.Contains("/v1/sandboxes/{id}/exec", StringComparison.Ordinal) && line.Contains(id, StringComparison.Ordinal)),
            Cancellation);
        Assert.DoesNotContain(server.Logs.Lines, line => line.Contains("private-", StringComparison.Ordinal) || line.Contains(server.OwnKey, StringComparison.Ordinal));
    }

    [Fact]
    public async Task FirstStart_LeavesTheKeyForItsUserAlone()
    {
        var path = Path.Combine(server.KeyFolder, "config.json");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        var text = await File.ReadAllTextAsync(path, Cancellation);
        Assert.Contains("\"apiKey\":\"atoll_first1\"", text, StringComparison.Ordinal);
        Assert.Contains(server.Url.ToString().TrimEnd('/'), text, StringComparison.Ordinal);
        Assert.DoesNotContain(server.Logs.Lines, line => line.Contains("atoll_first1", StringComparison.Ordinal));
    }

    private static HttpContent? Body(string method, string path)
    {
        var last = path.Split('?')[0].Split('/')[^1];
        var json = (method, last) switch
        {
            ("PATCH", _) => "{}",
            ("POST", "extend" or "leases") => """{"seconds":1}""",
            ("POST", "exec" or "processes") => """{"command":"true"}""",
            ("POST", "code") => """{"code":"1"}""",
            ("POST", "contexts" or "interrupt" or "restart" or "checkpoints" or "fork" or "snapshot" or "clone" or "8000") => "{}",
            ("POST", "import") => """{"key":"exports/c00000000000000000000/0000000000000000000000000000000000000000000000000000000000000000"}""",
            ("POST", "restore") => """{"checkpoint":"first"}""",
            ("POST", "stdin") => """{"text":"x"}""",
            ("POST", "signal") => """{"signal":9}""",
            ("POST", "resize") => """{"cols":1,"rows":1}""",
            ("POST", "move" or "copy") => """{"from":"/a","to":"/b"}""",
            ("POST", "chmod") => """{"path":"/a","mode":"600"}""",
            ("POST", "chown") => """{"path":"/a","owner":"root"}""",
            ("POST", "replace") => """{"paths":["/a"],"search":"a","replacement":"b"}""",
            ("POST", _) => """{"path":"/a"}""",
            _ => null,
        };
        if (method == "PUT") return new ByteArrayContent([1]) { Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream") } };
        return json is null ? null : ServerFixture.Json(json);
    }

    private IEnumerable<(string Method, string Path)> Routes(string id) =>
        from endpoint in server.Endpoints.OfType<RouteEndpoint>()
        let template = endpoint.RoutePattern.RawText!
        where template.StartsWith("/v1/", StringComparison.Ordinal)
        from method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? []
        let path = template.Replace("{id}", id, StringComparison.Ordinal).Replace("{pid}", "1", StringComparison.Ordinal).Replace("{operation}", "op_" + id, StringComparison.Ordinal).Replace("{key}", "key_1", StringComparison.Ordinal).Replace("{context}", "ctx_1", StringComparison.Ordinal).Replace("{port}", "8000", StringComparison.Ordinal)
        select (method, path.TrimEnd('/') + (template.Contains("/files", StringComparison.Ordinal) && method is not "POST" ? "?path=/a" : ""));
}
