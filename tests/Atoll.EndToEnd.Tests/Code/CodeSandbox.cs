using System.Text.Json.Nodes;

namespace Atoll.EndToEnd.Tests.Code;

/// <summary>One sandbox for all tests of a class; each has a context of its own.</summary>
public sealed class CodeSandbox : IAsyncDisposable
{
    private Api? _api;

    public string Id { get; private set; } = "";

    public async Task<string> ReadyAsync(CodeServer server, string isolation, CancellationToken cancellation)
    {
        if (Id.Length > 0) return Id;
        _api = await server.ReadyAsync(cancellation);
        return Id = await _api.CreateAsync(
            new JsonObject { ["template"] = "default", ["isolation"] = isolation, ["memoryMiB"] = 1024, ["env"] = new JsonObject { ["FROM_SANDBOX"] = "yes" } }, cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        if (Id.Length > 0) await _api!.DeleteAsync($"/v1/sandboxes/{Id}", CancellationToken.None);
        _api?.Dispose();
    }
}
