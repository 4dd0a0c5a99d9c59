using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Atoll.Core.Faults;
using Atoll.Core.Guests;
using Atoll.Core.Guests.Files;
using Atoll.Core.Guests.Processes;

namespace Atoll.Server.Tests.Fakes;

/// <summary>A sandbox from inside, as far as the HTTP layer sees it.</summary>
internal sealed class FakeGuest : IGuest
{
    public FakeProcesses Running { get; } = new();

    public IGuestProcesses Processes => Running;

    public FakeFiles Kept { get; } = new();

    public IGuestFiles Files => Kept;

    public Task<Result<IReadOnlyList<ListeningPort>>> ListPortsAsync(CancellationToken cancellation) =>
        Task.FromResult<Result<IReadOnlyList<ListeningPort>>>(new ListeningPort[] { new(8000, "0.0.0.0", 7, "python3") });

    /// <summary>What listens on its ports.</summary>
    public ConcurrentDictionary<int, FakeProgram> Programs { get; } = new();

    public async Task<Result<Stream>> ConnectAsync(int port, CancellationToken cancellation) => Programs.TryGetValue(port, out var program)
        ? await program.ConnectAsync(cancellation)
        : new Fault(FaultCode.PortNotListening, FaultSide.Guest, FaultStage.Network, $"Nothing in the sandbox listens on port {port}.", "Start it.");

    public Task<Result<GuestMetrics>> MeasureAsync(CancellationToken cancellation) => Task.FromResult<Result<GuestMetrics>>(new GuestMetrics(1, 2, 3, 4, 5, 6, 7));

    public Task<Result<IAsyncEnumerable<GuestLogLine>>> ReadLogAsync(long after, bool follow, CancellationToken cancellation) =>
        Task.FromResult(Of(Lines(after, follow, CancellationToken.None)));

    // C# has no conversion from an interface to the result of one; mapping makes it.
    public static Result<IAsyncEnumerable<T>> Of<T>(IAsyncEnumerable<T> items) => ((Result<Done>)Done.Value).Map(_ => items);

    private static async IAsyncEnumerable<GuestLogLine> Lines(long after, bool follow, [EnumeratorCancellation] CancellationToken cancellation)
    {
        for (var sequence = after + 1; sequence <= 3; sequence++) yield return new(sequence, TimeProvider.System.GetUtcNow(), 7, "line " + sequence);
        if (follow) await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);
    }
}
