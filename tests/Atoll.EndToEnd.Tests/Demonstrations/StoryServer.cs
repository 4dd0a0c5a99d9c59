using System.Text.Json.Nodes;
using Atoll.Testing;

namespace Atoll.EndToEnd.Tests.Demonstrations;

/// <summary>A real server with the template that users get. Its first build takes minutes; later ones take it from the cache.</summary>
public sealed class StoryServer : IAsyncLifetime
{
    private RealServer? _server;

    public Api Api { get; private set; } = null!;

    public RealServer Real => _server ?? throw new InvalidOperationException("It was not started.");

    public async ValueTask InitializeAsync()
    {
        if (!Environment.IsPrivilegedProcess) return;
        _server = new RealServer();
        await _server.PrepareAsync(TestContext.Current.CancellationToken, "default");
        await _server.StartAsync(TestContext.Current.CancellationToken);
        Api = new Api(_server.Url, _server.ApiKey);
    }

    /// <summary>Skips the test where sandboxes cannot be made.</summary>
    public Task<string> CreateAsync(string isolation, CancellationToken cancellation, JsonObject? limits = null)
    {
        Requires.Root();
        limits ??= [];
        limits["isolation"] = isolation;
        return Api.CreateAsync(limits, cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        Api?.Dispose();
        if (_server is not null) await _server.DisposeAsync();
    }
}
