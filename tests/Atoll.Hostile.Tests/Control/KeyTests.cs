using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Atoll.Hostile.Tests.Kit;

namespace Atoll.Hostile.Tests.Control;

/// <summary>Attack 61: every operation of docs/openapi.json on a running sandbox, with another team's key, with none, and with what is none.</summary>
public abstract class KeyTests(HostileServer server, string isolation) : HostileSuite(server, isolation)
{
    private static readonly string[] Open = ["/healthz", "/readyz", "/metrics", "/openapi/v1.json"];

    [Fact]
    public Task Attack61_AnotherTeamsKey_FindsNothing() => BesideNeighbourAsync(async () =>
    {
        var key = await SecondTeam.CreateAsync(Server.Real, Cancellation);
        var wrong = new List<string>();
        foreach (var (method, path, body) in Routes().Where(route => route.Path.StartsWith("/v1/sandboxes/", StringComparison.Ordinal)))
        {
            var (status, text) = await SendAsync(method, path, body, "Bearer " + key);
            if (status != HttpStatusCode.NotFound) wrong.Add($"{method} {path}: {(int)status} {text}");
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.Equal("running", (string?)(await GetAsync(Sandbox))["state"]);
    });

    [Fact]
    public Task Attack61_NoKeyOrAGarbledOne_IsUnauthenticated() => BesideNeighbourAsync(async () =>
    {
        var key = Server.Real.ApiKey;
        string?[] keys = [null, "Bearer ", "Bearer " + key[..^1], "Bearer " + key + "x", "Bearer " + key.ToUpperInvariant(), "Basic " + Convert.ToBase64String(Encoding.ASCII.GetBytes("atoll:" + key)), key,
            "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJyb290In0.", "Bearer " + new string('A', 20_000)];
        var wrong = new List<string>();
        foreach (var (method, path, body) in Routes().Where(route => !Open.Contains(route.Path)))
        {
            foreach (var value in method == HttpMethod.Get ? keys : keys[..3])
            {
                var (status, text) = await SendAsync(method, path, body, value);
                if (status != HttpStatusCode.Unauthorized) wrong.Add($"{method} {path} with '{value?[..Math.Min(20, value.Length)]}': {(int)status} {text}");
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.Equal("running", (string?)(await GetAsync(Sandbox))["state"]);
    });

    [Fact]
    public Task Attack61_KeyInTheQuery_OpensNothingAndIsNotLogged() => BesideNeighbourAsync(async () =>
    {
        var key = Server.Real.ApiKey;
        foreach (var name in (string[])["key", "api_key", "apiKey", "apikey", "X-API-Key", "access_token", "token", "authorization", "Authorization"])
        {
            foreach (var value in (string[])[key, "Bearer " + key])
            {
                var (status, text) = await SendAsync(HttpMethod.Get, $"/v1/sandboxes/{Sandbox}?{name}={Uri.EscapeDataString(value)}", null, null);
                Assert.True(status == HttpStatusCode.Unauthorized, $"{name}: {text}");
                Assert.DoesNotContain(key, text, StringComparison.Ordinal);
            }
        }

        // A broken request with the key in it, which a careless log would quote.
        await SendAsync(HttpMethod.Post, "/v1/sandboxes?key=" + key, "{", "Bearer " + key);
        Assert.DoesNotContain(key, Server.Real.ReadLog(), StringComparison.Ordinal);
    });

    private List<(HttpMethod Method, string Path, string? Body)> Routes()
    {
        var document = JsonNode.Parse(File.ReadAllText(Path.Combine(RealServer.Repository, "docs", "openapi.json")))!;
        var routes = new List<(HttpMethod, string, string?)>();
        foreach (var (template, operations) in document["paths"]!.AsObject())
        {
            foreach (var (verb, operation) in operations!.AsObject())
            {
                var path = template.Replace("{id}", Sandbox, StringComparison.Ordinal).Replace("{pid}", "1", StringComparison.Ordinal).Replace("{operation}", "op_x", StringComparison.Ordinal).Replace("{key}", "key_x", StringComparison.Ordinal).Replace("{port}", "8000", StringComparison.Ordinal);
                var needsPath = operation!["parameters"]?.AsArray().Any(parameter => (string?)parameter!["name"] == "path") == true;
                routes.Add((HttpMethod.Parse(verb), path + (needsPath ? "?path=/tmp/x" : ""), operation["requestBody"] is null ? null : BodyOf(template)));
            }
        }

        Assert.True(routes.Count >= 35, $"{routes.Count} routes");
        return routes;
    }

    // Well-formed, so that the key or the sandbox is what the answer is about.
    private static string BodyOf(string template) => template[(template.LastIndexOf('/') + 1)..] switch
    {
        "restore" => """{"checkpoint":"x"}""",
        "exec" or "processes" => """{"command":"true"}""",
        "code" => """{"code":"1"}""",
        "extend" or "leases" => """{"seconds":60}""",
        "stdin" => """{"text":"x"}""",
        "signal" => """{"signal":"KILL"}""",
        "resize" => """{"cols":80,"rows":24}""",
        "mkdir" or "find" => """{"path":"/tmp/x"}""",
        "move" or "copy" => """{"from":"/tmp/x","to":"/tmp/y"}""",
        "chmod" => """{"path":"/tmp/x","mode":"0777"}""",
        "chown" => """{"path":"/tmp/x","owner":"root"}""",
        "replace" => """{"paths":["/tmp/x"],"search":"a","replacement":"b"}""",
        _ => "{}",
    };

    private async Task<(HttpStatusCode Status, string Text)> SendAsync(HttpMethod method, string path, string? body, string? authorization)
    {
        using var stranger = new Api(Server.Real.Url, "");
        using var request = new HttpRequestMessage(method, path);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        else if (method == HttpMethod.Put) request.Content = new ByteArrayContent([]) { Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream") } };
        if (authorization is not null) request.Headers.TryAddWithoutValidation("Authorization", authorization);
        using var response = await stranger.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);
        return (response.StatusCode, response.IsSuccessStatusCode ? "(success)" : await response.Content.ReadAsStringAsync(Cancellation));
    }

    public sealed class Container(HostileServer server) : KeyTests(server, "container");

    public sealed class GVisor(HostileServer server) : KeyTests(server, "gvisor");
}
