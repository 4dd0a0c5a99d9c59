namespace Atoll.Core.Objects;

/// <summary>How far an export or import has come, in bytes of disk streams and memory, uncompressed. Threads: counted by one, read by any.</summary>
public sealed class TransferProgress
{
    private long _done;
    private long _total;

    public long DoneBytes => Interlocked.Read(ref _done);

    /// <summary>Null when it is not known beforehand: an export's end is known when it is reached.</summary>
    public long? TotalBytes => Interlocked.Read(ref _total) is > 0 and var total ? total : null;

    internal void Count(long bytes) => Interlocked.Add(ref _done, bytes);

    internal void Expect(long bytes) => Interlocked.Exchange(ref _total, bytes);
}
