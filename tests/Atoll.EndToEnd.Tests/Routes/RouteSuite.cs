using System.Net;
using System.Text.Json.Nodes;
using Atoll.Testing;

namespace Atoll.EndToEnd.Tests.Routes;

/// <summary>
/// Every route of the native API against a real sandbox; each kind of isolation derives from it and must pass all of it.
/// One file per area. Tests share one sandbox and keep to folders and process tags of their own; those that change or end a sandbox make one.
/// </summary>
public abstract partial class RouteSuite(SharedServer server, SharedSandbox shared) : IClassFixture<SharedSandbox>, IAsyncLifetime
{
    private Api _api = null!;
    private string _id = "";

    /// <summary>As the API says it.</summary>
    protected abstract string Isolation { get; }

    protected abstract string Runtime { get; }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private string Root => $"/v1/sandboxes/{_id}";

    public async ValueTask InitializeAsync()
    {
        Requires.Root();
        Requires.Tool(Runtime);
        _api = await server.ReadyAsync(Cancelled);
        _id = await shared.ReadyAsync(server, Isolation, Cancelled);
    }

    public ValueTask DisposeAsync()
    {
        _api?.Dispose();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    /// <summary>A sandbox of a test's own.</summary>
    private Task<string> CreateAsync(JsonObject? more = null)
    {
        var body = new JsonObject { ["template"] = "minimal", ["isolation"] = Isolation, ["memoryMiB"] = 256, ["diskMiB"] = 512 };
        foreach (var (name, value) in more ?? []) body[name] = value?.DeepClone();
        return _api.CreateAsync(body, Cancelled);
    }

    private async Task<JsonNode> OkAsync(Task<Answer> sent, HttpStatusCode status = HttpStatusCode.OK)
    {
        var answer = await sent;
        Assert.True(answer.Status == status, $"expected {(int)status}, got {(int)answer.Status}: {answer.Text}");
        return answer.Json ?? new JsonObject();
    }

    private Task<JsonNode> GetAsync(string path) => OkAsync(_api.GetAsync(Root + path, Cancelled));

    private Task<Answer> PostAsync(string path, JsonObject body) => _api.PostAsync(Root + path, body, Cancelled);

    private Task<JsonNode> ShellAsync(string command, string? user = null) => _api.ExecAsync(_id, command, Cancelled, user);

    private static string Stdout(JsonNode exec) => ((string)exec["stdout"]!).TrimEnd('\n');

    private static string Name(string prefix) => $"{prefix}-{Guid.NewGuid():N}"[..20];
}
