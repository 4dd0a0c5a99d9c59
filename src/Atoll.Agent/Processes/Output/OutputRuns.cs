using Atoll.Agent.Protocol.Wire;

namespace Atoll.Agent.Processes.Output;

/// <summary>Which stretches of a backlog came from which stream, oldest first: a bounded ring of (offset, stream), each valid up to the next.</summary>
internal sealed class OutputRuns(int most)
{
    private (long Start, OutputStream Stream)[] _runs = new (long, OutputStream)[4];
    private int _first;
    private int _count;

    /// <summary>A switch of streams cannot be noted without forgetting the oldest.</summary>
    public bool Full => _count >= most;

    /// <summary>Notes that bytes from <paramref name="offset"/> on are of this stream. Returns the oldest offset that is still known.</summary>
    public long Begin(long offset, OutputStream stream)
    {
        if (_count > 0 && At(_count - 1).Stream == stream) return At(0).Start;
        if (Full)
        {
            _first = (_first + 1) % _runs.Length;
            _count--;
        }
        else if (_count == _runs.Length)
        {
            Grow();
        }

        _runs[(_first + _count++) % _runs.Length] = (offset, stream);
        return At(0).Start;
    }

    /// <summary>Forgets runs that end at or before an offset.</summary>
    public void ForgetBefore(long offset)
    {
        while (_count > 1 && At(1).Start <= offset)
        {
            _first = (_first + 1) % _runs.Length;
            _count--;
        }
    }

    /// <summary>The stream at an offset, and where the next run begins.</summary>
    public (OutputStream Stream, long End) Find(long offset)
    {
        var (low, high) = (0, _count - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (At(middle).Start <= offset) low = middle;
            else high = middle - 1;
        }

        return (At(low).Stream, low + 1 < _count ? At(low + 1).Start : long.MaxValue);
    }

    private (long Start, OutputStream Stream) At(int index) => _runs[(_first + index) % _runs.Length];

    private void Grow()
    {
        var larger = new (long, OutputStream)[Math.Min(_runs.Length * 2, most)];
        for (var index = 0; index < _count; index++) larger[index] = At(index);
        (_runs, _first) = (larger, 0);
    }
}
