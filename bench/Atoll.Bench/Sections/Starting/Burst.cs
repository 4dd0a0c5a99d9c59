using Atoll.Bench.Http;
using Atoll.Bench.Installing;
using Atoll.Bench.Measuring;

namespace Atoll.Bench.Sections.Starting;

/// <summary>Many clients, each with a connection of its own that is open already.</summary>
internal static class Burst
{
    /// <param name="gap">Between two clients; zero: all at once.</param>
    public static async Task<FirstCommand> RunAsync(RunningServer server, string isolation, int memoryMiB, int count, TimeSpan gap, CancellationToken cancellation)
    {
        var first = new FirstCommand(server, server.Sandboxes, Bodies.Sandbox("minimal", isolation, memoryMiB));
        await server.SettleAsync(cancellation);
        await server.Api.OpenConnectionsAsync(gap == TimeSpan.Zero ? count : count / 4, cancellation);
        await Crowd.StaggeredAsync(count, gap, (_, due) => first.RunAsync(due, cancellation), cancellation);
        await first.CleanAsync(cancellation);
        return first;
    }
}
