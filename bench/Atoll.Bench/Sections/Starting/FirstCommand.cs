using System.Collections.Concurrent;
using System.Diagnostics;
using Atoll.Bench.Http;
using Atoll.Bench.Installing;
using Atoll.Bench.Measuring;

namespace Atoll.Bench.Sections.Starting;

/// <summary>Time to interactive: from the request that creates a sandbox to the answer of its first command, both over HTTP.</summary>
/// <param name="calls">How it is asked: a connection of its own, or one of many.</param>
internal sealed class FirstCommand(RunningServer server, Sandboxes calls, byte[] sandbox)
{
    private readonly ConcurrentBag<string> _made = [];

    /// <summary>Both requests together.</summary>
    public Samples Whole { get; } = new();

    /// <summary>The create alone.</summary>
    public Samples Create { get; } = new();

    public Task RunAsync(CancellationToken cancellation) => RunAsync(Stopwatch.GetTimestamp(), cancellation);

    /// <param name="due">From then on it counts.</param>
    public async Task RunAsync(long due, CancellationToken cancellation)
    {
        try
        {
            var id = await calls.CreateAsync(sandbox, cancellation);
            _made.Add(id);
            Create.AddSince(due);
            await calls.ExecAsync(id, Bodies.True, cancellation);
            Whole.AddSince(due);
        }
        catch (Exception failure) when (failure is ApiFailure or HttpRequestException or IOException)
        {
            Whole.Fail(failure.Message);
        }
    }

    /// <summary>Ends what was made. Not part of any figure.</summary>
    public async Task CleanAsync(CancellationToken cancellation)
    {
        var made = _made.ToArray();
        _made.Clear();
        await Crowd.EachAsync(made.Length, 4, (number, stop) => server.Sandboxes.DeleteAsync(made[number], stop), cancellation);
    }
}
