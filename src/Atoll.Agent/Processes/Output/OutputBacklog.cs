using Atoll.Agent.Native;
using Atoll.Agent.Protocol.Framing;
using Atoll.Agent.Protocol.Wire;

namespace Atoll.Agent.Processes.Output;

/// <summary>
/// The newest part of a process's output: a ring of bytes with offsets counted from 0 across all streams. One writer (the event loop), any number of readers.
/// <para>Pace. A reader that lags behind finds a gap, unless it is a <see cref="PacingFollower"/>: the writer asks for <see cref="Room"/> first and stops reading
/// the process's pipe when there is none; <see cref="RoomMade"/> tells it to go on.</para>
/// <para>Memory. The whole ring is address space from the first output on, but only pages that output has reached cost memory.</para>
/// </summary>
internal sealed unsafe class OutputBacklog
{
    public const int MinBytes = Acknowledgements.LeastBacklog;
    public const int MaxBytes = 16 * 1024 * 1024;
    public const int DefaultBytes = 1024 * 1024;

    // Noting a switch between streams costs 16 bytes, so single bytes in turns may cost as much again as the ring, not more.
    private const int BytesPerRun = 16;

    private readonly Lock _lock = new();
    private readonly int _capacity;
    private readonly OutputRuns _runs;
    private readonly List<PacingFollower> _pacing = [];
    private byte* _bytes;
    private long _start;
    private long _end;
    private bool _complete;
    private bool _retired;
    private bool _released;
    private bool _awaitsFirst;
    private TaskCompletionSource? _changed;

    /// <param name="awaitFirst">Keep everything until the first pacing follower has come, or <see cref="StopAwaitingFirst"/>.</param>
    public OutputBacklog(int capacity, bool awaitFirst)
    {
        _capacity = Math.Clamp(capacity, MinBytes, MaxBytes);
        _runs = new OutputRuns(_capacity / BytesPerRun);
        _awaitsFirst = awaitFirst;
    }

    /// <summary>Called, on any thread, when a pacing follower went on or away.</summary>
    public Action? RoomMade { get; set; }

    /// <summary>How much of the output is kept.</summary>
    public int Capacity => _capacity;

    public (long Start, long End) Range
    {
        get
        {
            lock (_lock) return (_start, _end);
        }
    }

    /// <summary>Memory that output has reached.</summary>
    public long HeldBytes
    {
        get
        {
            lock (_lock) return _bytes is null ? 0 : Math.Min(_end, _capacity);
        }
    }

    /// <summary>How many bytes may be added without anything a pacing follower still needs being lost.</summary>
    public int Room()
    {
        lock (_lock)
        {
            if (_pacing.Count == 0 && !_awaitsFirst) return _capacity;
            var needed = _awaitsFirst ? 0 : long.MaxValue;
            foreach (var follower in _pacing) needed = Math.Min(needed, follower.Offset);
            needed = Math.Max(needed, _start);
            return _runs.Full && needed < _end ? 0 : (int)Math.Max(0, _capacity - (_end - needed));
        }
    }

    public void Append(OutputStream stream, ReadOnlySpan<byte> bytes)
    {
        TaskCompletionSource? waiters;
        lock (_lock)
        {
            if (_released || bytes.IsEmpty) return;
            if (_bytes is null) _bytes = Pages.TryTake(_capacity);
            _start = Math.Max(_start, _runs.Begin(_end, stream));
            if (_bytes is not null) CopyIn(_end, bytes);
            _end += bytes.Length;

            // Without memory it is a gap like any other.
            _start = _bytes is null ? _end : Math.Max(_start, _end - _capacity);
            _runs.ForgetBefore(_start);
            (waiters, _changed) = (_changed, null);
        }

        waiters?.SetResult();
    }

    /// <summary>Copies what is at an offset, of one stream and as much as fits.</summary>
    public BacklogRead Read(long offset, Span<byte> destination)
    {
        lock (_lock)
        {
            var from = Math.Max(offset, _start);
            if (from < _end)
            {
                var (stream, runEnd) = _runs.Find(from);
                var length = (int)Math.Min(destination.Length, Math.Min(_end, runEnd) - from);
                CopyOut(from, destination[..length]);
                return new BacklogRead(from, stream, length, false, Task.CompletedTask);
            }

            // Whoever waits goes on on the writer's thread: it copies and sends, and waits for nothing.
            _changed ??= new TaskCompletionSource();
            return new BacklogRead(from, default, 0, _complete, _complete ? Task.CompletedTask : _changed.Task);
        }
    }

    /// <summary>Nothing is added any more.</summary>
    public void Complete()
    {
        TaskCompletionSource? waiters;
        lock (_lock)
        {
            _complete = true;
            (waiters, _changed) = (_changed, null);
        }

        waiters?.SetResult();
    }

    /// <summary>Frees the memory once no pacing follower is left: all output is lost from then on, its offsets are not.</summary>
    public void Retire()
    {
        lock (_lock)
        {
            _retired = true;
            ReleaseIfUnused();
        }
    }

    public PacingFollower AddPacing(long offset)
    {
        var follower = new PacingFollower { Offset = offset };
        lock (_lock)
        {
            _pacing.Add(follower);
            _awaitsFirst = false;
        }

        RoomMade?.Invoke();
        return follower;
    }

    public void Advance(PacingFollower follower, long offset)
    {
        lock (_lock) follower.Offset = offset;
        RoomMade?.Invoke();
    }

    public void RemovePacing(PacingFollower follower)
    {
        lock (_lock)
        {
            _pacing.Remove(follower);
            ReleaseIfUnused();
        }

        RoomMade?.Invoke();
    }

    public void StopAwaitingFirst()
    {
        lock (_lock) _awaitsFirst = false;
        RoomMade?.Invoke();
    }

    private void ReleaseIfUnused()
    {
        if (!_retired || _pacing.Count > 0 || _released) return;
        _released = true;
        if (_bytes is not null) Pages.Release(_bytes, _capacity);
        _bytes = null;
        _start = _end;
    }

    private void CopyIn(long offset, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > _capacity)
        {
            offset += bytes.Length - _capacity;
            bytes = bytes[^_capacity..];
        }

        var at = (int)(offset % _capacity);
        var first = Math.Min(bytes.Length, _capacity - at);
        bytes[..first].CopyTo(new Span<byte>(_bytes + at, first));
        bytes[first..].CopyTo(new Span<byte>(_bytes, bytes.Length - first));
    }

    private void CopyOut(long offset, Span<byte> destination)
    {
        var at = (int)(offset % _capacity);
        var first = Math.Min(destination.Length, _capacity - at);
        new ReadOnlySpan<byte>(_bytes + at, first).CopyTo(destination);
        new ReadOnlySpan<byte>(_bytes, destination.Length - first).CopyTo(destination[first..]);
    }
}
