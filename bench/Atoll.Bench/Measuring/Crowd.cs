using System.Diagnostics;

namespace Atoll.Bench.Measuring;

/// <summary>The same work many times, at once or one after the other has begun.</summary>
internal static class Crowd
{
    /// <summary>Runs <paramref name="work"/> with each number below <paramref name="count"/>, at most <paramref name="width"/> at one time.</summary>
    public static Task EachAsync(int count, int width, Func<int, CancellationToken, Task> work, CancellationToken cancellation) =>
        Parallel.ForEachAsync(Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = width, CancellationToken = cancellation }, async (number, stop) => await work(number, stop));

    /// <summary>
    /// Begins <paramref name="work"/> every <paramref name="gap"/>, whether the ones before have ended or not (zero: all at once), and hands over when it was due:
    /// a client that begins late counts against the result, not for it.
    /// </summary>
    public static async Task StaggeredAsync(int count, TimeSpan gap, Func<int, long, Task> work, CancellationToken cancellation)
    {
        var running = new List<Task>(count);
        var started = Stopwatch.GetTimestamp();
        for (var number = 0; number < count; number++)
        {
            var due = started + (long)(number * gap.TotalSeconds * Stopwatch.Frequency);
            var wait = TimeSpan.FromSeconds((due - Stopwatch.GetTimestamp()) / (double)Stopwatch.Frequency);
            if (wait > TimeSpan.Zero) await Task.Delay(wait, TimeProvider.System, cancellation);
            var mine = number;
            running.Add(Task.Run(() => work(mine, due), cancellation));
        }

        await Task.WhenAll(running);
    }
}
