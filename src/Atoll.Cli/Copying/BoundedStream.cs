using Atoll.Cli.Errors;

namespace Atoll.Cli.Copying;

/// <summary>A stream from a sandbox that may not go on for ever.</summary>
internal sealed class BoundedStream(Stream inner, long largestBytes) : Stream
{
    private long _left = largestBytes;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => Taken(await inner.ReadAsync(buffer, cancellationToken));

    public override int Read(byte[] buffer, int offset, int count) => Taken(inner.Read(buffer, offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private int Taken(int count)
    {
        _left -= count;
        return _left >= 0 ? count : throw new CliException(Codes.HostileArchive, "More came than is allowed.", "If that is expected, allow it: --max-size");
    }
}
