using Atoll.Machine.Live;

namespace Atoll.Machine.Sandboxes;

/// <summary>One sandbox's memory while <see cref="MemoryKeeper"/> sees to it. <see cref="Own"/> and <see cref="Dispose"/>: any thread; the rest: one look at a time.</summary>
internal sealed class WatchedMemory(LiveHandle handle, long limit) : IDisposable
{
    private readonly Lock _lock = new();
    private IDisposable? _watch;
    private bool _over;

    public LiveHandle Handle => handle;

    /// <summary>Bytes: the host's limit, without what relief adds.</summary>
    public long Limit => limit;

    /// <summary>The process that is being ended; 0: none.</summary>
    public int Ended { get; set; }

    public bool Short { get; set; }

    public int Notices;

    /// <summary>Disposes it with this, which may have happened already.</summary>
    public void Own(IDisposable watch)
    {
        lock (_lock)
        {
            if (_over) watch.Dispose();
            else _watch = watch;
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _over = true;
            _watch?.Dispose();
        }
    }
}
