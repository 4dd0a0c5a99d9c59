using Atoll.Testing;

namespace Atoll.Machine.Tests.Objects;

/// <summary>A service for all tests of a class; each has a prefix of its own in it. Tests of one class run one after the other.</summary>
public sealed class S3Fixture : IAsyncDisposable
{
    private S3Server? _server;

    public async Task<S3Server> GetAsync(CancellationToken cancellation) => _server ??= await S3Server.StartNewAsync(cancellation);

    public async ValueTask DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
    }
}
