using Atoll.Agent.Processes.Readiness;

namespace Atoll.Agent.Processes.Output;

/// <summary>
/// Reads the streams of one process into its backlog, on the event loop's thread, and decides when its output is over: when every writing end is closed, or when the process has
/// ended, all that it wrote itself has been read, and 250 ms more have passed. The second is for processes left in the background that hold the pipe: what they write
/// in that time is kept, and what they write later is read and thrown away, so that they live on undisturbed.
/// </summary>
internal sealed class OutputCollector(EventLoop loop, OutputBacklog backlog, IReadOnlyList<OutputSource> sources, TimeProvider time)
{
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(250);

    /// <summary>Pipes of ended processes that are still read for those left behind; beyond these they are closed.</summary>
    private const int MaxDiscarding = 512;

    private static int _discarding;

    private bool _ended;
    private bool _over;
    private ITimer? _grace;

    /// <summary>Called once, on the loop's thread.</summary>
    public Action? Over { get; set; }

    public void Begin()
    {
        backlog.RoomMade = () =>
        {
            // Asked without being on the loop's thread: a wrong answer only costs a wake-up, because pausing looks again by itself.
            Interlocked.MemoryBarrier();
            if (sources.Any(source => source.Paused)) loop.Post(Resume);
        };
        foreach (var source in sources)
        {
            source.OnDrained = Look;
            source.Begin();
        }
    }

    public void ProcessEnded()
    {
        foreach (var source in sources) source.ProcessEnded();
        _ended = true;
        Look();
    }

    private void Resume()
    {
        foreach (var source in sources) source.Resume();
    }

    private void Look()
    {
        if (_over || !_ended) return;
        if (sources.All(source => source.Closed)) Finish();
        else if (_grace is null && sources.All(source => source.Drained)) _grace = time.CreateTimer(_ => loop.Post(Finish), null, Grace, Timeout.InfiniteTimeSpan);
    }

    private void Finish()
    {
        if (_over) return;
        _over = true;
        _grace?.Dispose();
        foreach (var source in sources.Where(source => !source.Closed))
        {
            source.OnDrained = null;
            if (_discarding >= MaxDiscarding)
            {
                source.Close();
                continue;
            }

            _discarding++;
            source.OnClosed = () => _discarding--;
            source.Discard();
        }

        backlog.Complete();
        Over?.Invoke();
    }
}
