using System.Net;
using System.Text.Json.Nodes;

namespace Atoll.EndToEnd.Tests.Packages;

/// <summary>What the tests of one isolation begin with: a sandbox that knows the package mirror's lists, and the saved disk of one.</summary>
public sealed class PackageSandbox : IAsyncDisposable
{
    private const string HostAuthorities = "/usr/local/share/ca-certificates";
    private const int InstallSeconds = 1500;
    private const int DiskMiB = 8192;
    private static readonly string[] Authorities = Directory.Exists(HostAuthorities) ? Directory.GetFiles(HostAuthorities, "*.crt") : [];
    private readonly List<string> _made = [];
    private Api? _api;
    private string? _ready;
    private string? _checkpoint;

    /// <summary>One sandbox with all of these installed.</summary>
    internal async Task<string> ReadyAsync(Api api, string isolation, IReadOnlyList<PackageCase> packages, CancellationToken cancellation)
    {
        if (_ready is not null) return _ready;
        var id = await BeginAsync(api, isolation, packages.Max(one => one.MemoryMiB), cancellation);
        await InstallAsync(api, id, string.Join(' ', packages.Select(one => one.Install)).Trim(), cancellation);
        return _ready = id;
    }

    /// <summary>A new one, which knows the lists.</summary>
    internal async Task<string> CreateAsync(Api api, string isolation, int memoryMiB, CancellationToken cancellation)
    {
        if (_checkpoint is null)
        {
            var first = await BeginAsync(api, isolation, 1024, cancellation);
            var saved = await api.PostAsync($"/v1/sandboxes/{first}/checkpoints", new JsonObject(), cancellation);
            Assert.True(saved.Status == HttpStatusCode.Created, saved.Text);
            _checkpoint = (string)saved.Json!["id"]!;
            await api.DeleteAsync($"/v1/sandboxes/{first}", cancellation);
        }

        var body = Body(isolation, memoryMiB);
        body["checkpoint"] = _checkpoint;
        body.Remove("template");
        return await api.CreateAsync(body, cancellation);
    }

    internal static async Task InstallAsync(Api api, string sandbox, string packages, CancellationToken cancellation)
    {
        if (packages.Length == 0) return;
        var installed = await RunAsync(api, sandbox, $"apt-get install -y {packages} && dpkg --audit", "root", cancellation);
        Assert.True((int)installed["exitCode"]! == 0, $"apt-get install {packages} ended with {installed["exitCode"]}: {Tail(installed["stdout"])}{Tail(installed["stderr"])}");
    }

    internal static async Task<JsonNode> RunAsync(Api api, string sandbox, string command, string user, CancellationToken cancellation)
    {
        var answer = await api.PostAsync($"/v1/sandboxes/{sandbox}/exec", new JsonObject { ["command"] = command, ["user"] = user, ["timeoutSeconds"] = InstallSeconds }, cancellation);
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
        return answer.Json!;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var id in _made) await _api!.DeleteAsync($"/v1/sandboxes/{id}", CancellationToken.None);
        if (_checkpoint is not null) await _api!.DeleteAsync($"/v1/checkpoints/{_checkpoint}", CancellationToken.None);
        _api?.Dispose();
    }

    private async Task<string> BeginAsync(Api api, string isolation, int memoryMiB, CancellationToken cancellation)
    {
        _api ??= new Api(api.Http.BaseAddress!.ToString(), api.Key);
        var id = await api.CreateAsync(Body(isolation, memoryMiB), cancellation);
        _made.Add(id);
        await GiveAuthoritiesAsync(api, id, cancellation);
        var updated = await RunAsync(api, id, "apt-get update", "root", cancellation);
        Assert.SkipUnless((int)updated["exitCode"]! == 0, $"needs a package mirror: {Tail(updated["stderr"])}");
        return id;
    }

    /// <summary>Where the host is behind an inspecting proxy, npm reaches its registry only with the proxy's own authority.</summary>
    private static async Task GiveAuthoritiesAsync(Api api, string sandbox, CancellationToken cancellation)
    {
        foreach (var path in Authorities)
        {
            using var content = new ByteArrayContent(await File.ReadAllBytesAsync(path, cancellation));
            using var put = await api.Http.PutAsync($"/v1/sandboxes/{sandbox}/files?path={Uri.EscapeDataString(path)}&owner=root&parents=true", content, cancellation);
            Assert.True(put.IsSuccessStatusCode, await put.Content.ReadAsStringAsync(cancellation));
        }

        if (Authorities.Length > 0) await RunAsync(api, sandbox, "update-ca-certificates", "root", cancellation);
    }

    private static JsonObject Body(string isolation, int memoryMiB) => new()
    {
        ["template"] = "default",
        ["isolation"] = isolation,
        ["cpu"] = 2,
        ["memoryMiB"] = memoryMiB,
        ["diskMiB"] = DiskMiB,
        ["processes"] = 1024,
        ["env"] = Authorities.Length > 0 ? new JsonObject { ["NODE_EXTRA_CA_CERTS"] = "/etc/ssl/certs/ca-certificates.crt" } : null,
        ["lifecycle"] = new JsonObject { ["timeoutSeconds"] = 3600 },
    };

    private static string Tail(JsonNode? text) => (string?)text is { } whole ? whole[Math.Max(0, whole.Length - 3000)..] : "";
}
