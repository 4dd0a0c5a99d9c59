using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Atoll.Testing.Server;

/// <summary>The native API over plain HTTP, as a stranger's program would use it: JSON in and out, nothing of ours in between.</summary>
public sealed class Api : IDisposable
{
    private readonly HttpClient _http;

    public Api(string url, string key)
    {
        Key = key;
        _http = new HttpClient(new OperationRecorder { InnerHandler = new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(1) } }) { BaseAddress = new Uri(url), Timeout = TimeSpan.FromMinutes(2) };
        if (key.Length > 0) _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    public HttpClient Http => _http;

    public string Key { get; }

    /// <summary>Sends a request whose body is this JSON text, exactly.</summary>
    public async Task<Answer> SendAsync(HttpMethod method, string path, string? json, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, path);
        if (json is not null) request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        using var response = await _http.SendAsync(request, cancellation);
        var text = await response.Content.ReadAsStringAsync(cancellation);
        var parsed = text.Length > 0 && response.Content.Headers.ContentType?.MediaType?.EndsWith("json", StringComparison.Ordinal) == true ? JsonNode.Parse(text) : null;
        return new Answer(response.StatusCode, parsed, text);
    }

    public Task<Answer> GetAsync(string path, CancellationToken cancellation) => SendAsync(HttpMethod.Get, path, null, cancellation);

    public Task<Answer> PostAsync(string path, JsonNode? body, CancellationToken cancellation) => SendAsync(HttpMethod.Post, path, body?.ToJsonString() ?? "{}", cancellation);

    public Task<Answer> DeleteAsync(string path, CancellationToken cancellation) => SendAsync(HttpMethod.Delete, path, null, cancellation);

    /// <summary>Creates a sandbox and returns its id; fails the test when it cannot.</summary>
    public async Task<string> CreateAsync(JsonObject body, CancellationToken cancellation)
    {
        var answer = await PostAsync("/v1/sandboxes", body, cancellation);
        Assert.True(answer.Status == HttpStatusCode.Created, answer.Text);
        return (string)answer.Json!["id"]!;
    }

    /// <summary>Runs a shell line and returns the reply's body.</summary>
    public async Task<JsonNode> ExecAsync(string sandbox, string command, CancellationToken cancellation, string? user = null)
    {
        var body = new JsonObject { ["command"] = command };
        if (user is not null) body["user"] = user;
        var answer = await PostAsync($"/v1/sandboxes/{sandbox}/exec", body, cancellation);
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
        return answer.Json!;
    }

    public void Dispose() => _http.Dispose();
}
