namespace Atoll.Cli.Copying;

/// <summary>
/// A local file being read for an archive whose header already says how long it is: exactly so many bytes come, or the copy fails, since fewer or more would
/// shift everything behind them.
/// </summary>
internal sealed class CountedFile(FileStream file, long length, Transfer transfer) : Stream
{
    private long _position;

    public override bool CanRead => true;

    /// <summary>Length and position are known, which is all that .NET's archive writer needs to put the header before the bytes; it never moves.</summary>
    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Taken(file.Read(buffer, offset, (int)Math.Min(count, length - _position)), count);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        Taken(await file.ReadAsync(buffer[..(int)Math.Min(buffer.Length, length - _position)], cancellationToken), buffer.Length);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private int Taken(int count, int wanted)
    {
        if (count == 0 && wanted > 0 && _position < length) throw new IOException($"{file.Name} became shorter while it was copied.");
        _position += count;
        transfer.Count(count);
        return count;
    }
}
