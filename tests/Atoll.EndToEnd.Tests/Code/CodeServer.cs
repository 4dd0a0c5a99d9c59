using Atoll.EndToEnd.Tests.Code;
using Atoll.Testing;

[assembly: AssemblyFixture(typeof(CodeServer))]

namespace Atoll.EndToEnd.Tests.Code;

/// <summary>One real server with the template that has interpreters, for all tests of code; started by the first that asks.</summary>
public sealed class CodeServer : IAsyncDisposable
{
    private readonly SemaphoreSlim _one = new(1);
    private RealServer? _server;
    private bool _ready;

    public RealServer Real => _server ?? throw new InvalidOperationException("ReadyAsync comes first.");

    /// <summary>Skips the test where sandboxes cannot be made.</summary>
    public async Task<Api> ReadyAsync(CancellationToken cancellation)
    {
        Requires.Root();
        await _one.WaitAsync(cancellation);
        try
        {
            if (!_ready)
            {
                if (_server is not null) throw new InvalidOperationException("The server could not be started; another test says why.");
                _server = new RealServer();
                _server.Configure("ATOLL__CODE__INTERRUPTGRACESECONDS", "2");
                _server.Configure("ATOLL__CODE__QUEUELENGTH", "2");
                _server.Configure("ATOLL__CODE__MAXCONTEXTS", "6");
                _server.Configure("ATOLL__CODE__MAXCODEBYTES", "100000");
                _server.Configure("ATOLL__CODE__MAXRESULTBYTES", "200000");

                // Packages are installed beside other tests, whose servers start and are killed all the time: at a tenth of what these weigh that takes a quarter of an hour.
                _server.Configure("ATOLL__MACHINE__SANDBOXWEIGHT", "100");
                await _server.PrepareAsync(cancellation, "default", "minimal");
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
