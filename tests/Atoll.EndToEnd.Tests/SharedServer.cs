using Atoll.EndToEnd.Tests;
using Atoll.Testing;

[assembly: AssemblyFixture(typeof(SharedServer))]

namespace Atoll.EndToEnd.Tests;

/// <summary>
/// One real server with the minimal template for all tests that leave it as they found it; started by the first that asks.
/// Its end fails the run when anything of it is left on the host.
/// </summary>
public sealed class SharedServer : IAsyncDisposable
{
    private readonly SemaphoreSlim _one = new(1);
    private RealServer? _server;
    private bool _ready;

    public RealServer Server => _server ?? throw new InvalidOperationException("ReadyAsync comes first.");

    /// <summary>Skips the test where sandboxes cannot be made.</summary>
    public async Task<Api> ReadyAsync(CancellationToken cancellation)
    {
        Requires.Root();
        await _one.WaitAsync(cancellation);
        try
        {
            if (!_ready)
            {
                if (_server is not null) throw new InvalidOperationException("The shared server could not be started; another test says why.");
                _server = new RealServer();
                _server.Configure("ATOLL__SANDBOXES__USAGEINTERVALSECONDS", "1");
                _server.Configure("ATOLL__USAGE__SAVESECONDS", "1");

                // So that every route is also tried on sandboxes that were started ahead.
                _server.Configure("ATOLL__WARMPOOL__ENABLED", "true");
                _server.Configure("ATOLL__WARMPOOL__CEILING", "1");
                await _server.PrepareAsync(cancellation, "minimal");
                await _server.StartAsync(cancellation);
                _ready = true;
            }
        }
        finally
        {
            _one.Release();
        }

        return new Api(_server!.Url, _server.ApiKey);
    }

    public async ValueTask DisposeAsync()
    {
        _one.Dispose();
        if (_server is not null) await _server.DisposeAsync();
    }
}
