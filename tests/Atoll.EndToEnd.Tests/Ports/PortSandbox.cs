using System.Net;
using System.Text.Json.Nodes;
using Atoll.EndToEnd.Tests.Code;
using Atoll.Testing;

namespace Atoll.EndToEnd.Tests.Ports;

/// <summary>One sandbox with <see cref="PortProgram"/> in it, for all tests of a class.</summary>
public sealed class PortSandbox : IAsyncDisposable
{
    private Api? _api;

    public string Id { get; private set; } = "";

    public async Task<string> ReadyAsync(CodeServer server, string isolation, CancellationToken cancellation)
    {
        if (Id.Length > 0) return Id;
        _api = await server.ReadyAsync(cancellation);
        return Id = await StartAsync(_api, isolation, cancellation);
    }

    public static async Task<string> StartAsync(Api api, string isolation, CancellationToken cancellation, JsonObject? more = null)
    {
        var body = new JsonObject { ["template"] = "default", ["isolation"] = isolation, ["memoryMiB"] = 512 };
        foreach (var (name, value) in more ?? []) body[name] = value?.DeepClone();
        var id = await api.CreateAsync(body, cancellation);
        using var source = new StringContent(PortProgram.Source);
        using var written = await api.Http.PutAsync($"/v1/sandboxes/{id}/files?path=/tmp/program.py", source, cancellation);
        Assert.True(written.IsSuccessStatusCode);
        var started = await api.PostAsync($"/v1/sandboxes/{id}/processes", new JsonObject { ["argv"] = new JsonArray("python3", "/tmp/program.py") }, cancellation);
        Assert.True(started.Status == HttpStatusCode.Created, started.Text);
        await Eventually.HoldsAsync("both ports are listened on", async () =>
        {
            var listed = (await api.GetAsync($"/v1/sandboxes/{id}/ports", cancellation)).Json?["items"]?.AsArray().Select(port => (int)port!["port"]!).ToList() ?? [];
            return listed.Contains(PortProgram.Everywhere) && listed.Contains(PortProgram.Loopback);
        }, cancellation, TimeSpan.FromSeconds(60));
        return id;
    }

    public async ValueTask DisposeAsync()
    {
        if (Id.Length > 0) await _api!.DeleteAsync($"/v1/sandboxes/{Id}", CancellationToken.None);
        _api?.Dispose();
    }
}
