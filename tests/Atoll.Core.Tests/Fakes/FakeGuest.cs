using Atoll.Core.Faults;
using Atoll.Core.Guests;
using Atoll.Core.Guests.Files;
using Atoll.Core.Guests.Processes;

namespace Atoll.Core.Tests.Fakes;

/// <summary>Core hands guests on and calls none of their members.</summary>
internal sealed class FakeGuest : IGuest
{
    public IGuestProcesses Processes => throw new NotSupportedException();

    public IGuestFiles Files => throw new NotSupportedException();

    public Task<Result<IReadOnlyList<ListeningPort>>> ListPortsAsync(CancellationToken cancellation) => throw new NotSupportedException();

    public Task<Result<Stream>> ConnectAsync(int port, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<Result<GuestMetrics>> MeasureAsync(CancellationToken cancellation) => throw new NotSupportedException();

    public Task<Result<IAsyncEnumerable<GuestLogLine>>> ReadLogAsync(long after, bool follow, CancellationToken cancellation) => throw new NotSupportedException();
}
