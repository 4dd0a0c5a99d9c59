namespace Atoll.Machine.Guests;

/// <summary>One open stream's place, returned once.</summary>
internal sealed class StreamSeat(StreamSeats seats) : IDisposable
{
    private int _returned;

    /// <summary>A stream that was opened and never read has nobody to dispose it: its place comes back when it is collected.</summary>
    ~StreamSeat() => Return();

    public void Dispose()
    {
        Return();
        GC.SuppressFinalize(this);
    }

    private void Return()
    {
        if (Interlocked.Exchange(ref _returned, 1) == 0) seats.Return();
    }
}
