using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Atoll.Testing;

namespace Atoll.EndToEnd.Tests.Code;

/// <summary>Code in contexts of a real sandbox; each kind of isolation derives from it and must pass all of it. One file per area.</summary>
public abstract partial class CodeSuite(CodeServer server, CodeSandbox shared) : IClassFixture<CodeSandbox>, IAsyncLifetime
{
    private Api _api = null!;
    private string _id = "";
    private string? _context;

    protected abstract string Isolation { get; }

    protected abstract string Runtime { get; }

    private protected static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private protected Api Api => _api;

    private string Root => $"/v1/sandboxes/{_id}/code";

    public async ValueTask InitializeAsync()
    {
        Requires.Root();
        Requires.Tool(Runtime);
        _api = await server.ReadyAsync(Cancelled);
        _id = await shared.ReadyAsync(server, Isolation, Cancelled);
    }

    public async ValueTask DisposeAsync()
    {
        if (_context is not null) await _api.DeleteAsync($"{Root}/contexts/{_context}", CancellationToken.None);
        _api?.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>A context of the test's own, which its end deletes.</summary>
    private async Task<string> ContextAsync(string language, JsonObject? more = null)
    {
        var body = new JsonObject { ["language"] = language };
        foreach (var (name, value) in more ?? []) body[name] = value?.DeepClone();
        var made = await _api.PostAsync(Root + "/contexts", body, Cancelled);
        Assert.True(made.Status == HttpStatusCode.Created, made.Text);
        return _context = (string)made.Json!["id"]!;
    }

    private Task<Answer> SendAsync(string context, string code, JsonObject? more = null)
    {
        var body = new JsonObject { ["context"] = context, ["code"] = code };
        foreach (var (name, value) in more ?? []) body[name] = value?.DeepClone();
        return _api.PostAsync(Root, body, Cancelled);
    }

    private async Task<JsonNode> RunAsync(string context, string code, JsonObject? more = null)
    {
        var answer = await SendAsync(context, code, more);
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
        return answer.Json!;
    }

    private async Task<string> TextAsync(string context, string code) => Value(await RunAsync(context, code));

    private static string Value(JsonNode done)
    {
        Assert.True(done["error"] is null, done.ToJsonString());
        return (string)Assert.Single((JsonArray)done["results"]!, result => (bool)result!["isMainResult"]!)!["text"]!;
    }

    private static string Error(JsonNode done) => (string)done["error"]!["name"]!;

    private async IAsyncEnumerable<ServerEvent> StreamAsync(string context, string code, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Root);
        request.Headers.Accept.ParseAdd("text/event-stream");
        request.Content = new StringContent(new JsonObject { ["context"] = context, ["code"] = code }.ToJsonString(), System.Text.Encoding.UTF8, "application/json");
        using var response = await _api.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        await using var stream = await response.Content.ReadAsStreamAsync(cancellation);
        await foreach (var item in System.Net.ServerSentEvents.SseParser.Create(stream, (_, data) => data.Length == 0 ? null : JsonNode.Parse(data)).EnumerateAsync(cancellation))
        {
            if (item.Data is not null) yield return new ServerEvent(item.EventType, item.EventId, item.Data);
        }
    }
}
