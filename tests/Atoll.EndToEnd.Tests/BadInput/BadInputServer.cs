using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using Atoll.EndToEnd.Tests.BadInput;
using Atoll.EndToEnd.Tests.Egress;
using Atoll.Testing;

[assembly: AssemblyFixture(typeof(BadInputServer))]

namespace Atoll.EndToEnd.Tests.BadInput;

/// <summary>
/// One real server for every test that sends bad things: what one of them breaks, the others notice. It is started by the first test that needs it, has only the
/// <c>minimal</c> template, and fails the run if anything of it is left on the host at the end. Of each isolation it keeps a sandbox to abuse and a neighbour that must not notice.
/// </summary>
public sealed class BadInputServer : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<string, Lazy<Task<string>>> _sandboxes = new();
    private RealServer? _server;
    private Task? _started;
    private Api? _api;

    public RealServer Real => _server ?? throw new InvalidOperationException("The server has not been started.");

    /// <summary>The name server that the sandboxes' names are asked of.</summary>
    public FakeNames Names { get; } = new();

    public Api Api => _api ?? throw new InvalidOperationException("The server has not been started.");

    public async Task StartAsync()
    {
        Requires.Root();
        Requires.Tool("runsc");
        Requires.Tool("runc");
        Task started;
        lock (_gate) started = _started ??= StartOnceAsync();
        await started;
    }

    public Task<string> SandboxAsync(string isolation) => KeptAsync(isolation, "abused");

    public Task<string> NeighbourAsync(string isolation) => KeptAsync(isolation, "neighbour");

    /// <summary>What a test asks for when it does not care: small, of this isolation.</summary>
    public static JsonObject Small(string isolation) => new()
    {
        ["template"] = "minimal",
        ["isolation"] = isolation,
        ["memoryMiB"] = 256,
        ["diskMiB"] = 1024,
        ["lifecycle"] = new JsonObject { ["timeoutSeconds"] = 1800 },
    };

    /// <summary>Fails the test unless the server and a neighbour still work as if nothing had happened.</summary>
    public async Task ShouldBeUnaffectedAsync(string isolation, CancellationToken cancellation)
    {
        Assert.Equal(HttpStatusCode.OK, (await Api.GetAsync("/readyz", cancellation)).Status);
        var alive = await Api.ExecAsync(await NeighbourAsync(isolation), "echo alive", cancellation);
        Assert.Equal("alive\n", (string?)alive["stdout"]);
    }

    public async ValueTask DisposeAsync()
    {
        _api?.Dispose();
        await Names.DisposeAsync();
        if (_server is not null) await _server.DisposeAsync();
    }

    // Not bound to one test's time: every other test waits for it too.
    private async Task StartOnceAsync()
    {
        _server = new RealServer();
        _server.Configure("ATOLL__NETWORK__DNSSERVERS__0", Names.Address);

        // Its tests present more wrong keys than one address may.
        _server.Configure("ATOLL__SERVER__RATES__FAILEDKEYSPERMINUTE", "1000000");
        _server.Configure("ATOLL__SERVER__RATES__ALLFAILEDKEYSPERMINUTE", "1000000");
        await _server.PrepareAsync(CancellationToken.None, "minimal");
        await _server.StartAsync(CancellationToken.None);
        _api = new Api(_server.Url, _server.ApiKey);
    }

    private Task<string> KeptAsync(string isolation, string role) =>
        _sandboxes.GetOrAdd($"{role}-{isolation}", name => new(() => Api.CreateAsync(Named(isolation, name), CancellationToken.None))).Value;

    private static JsonObject Named(string isolation, string name)
    {
        var body = Small(isolation);
        body["name"] = name;
        return body;
    }
}
