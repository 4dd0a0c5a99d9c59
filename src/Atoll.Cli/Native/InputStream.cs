namespace Atoll.Cli.Native;

/// <summary>Our stdin as a stream.</summary>
internal sealed class InputStream : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Descriptors.Read(Descriptors.Stdin, buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer) => Descriptors.Read(Descriptors.Stdin, buffer);

    /// <summary>On a thread of the pool, since it may block; a cancelled read is left behind.</summary>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        await Task.Run(() => Descriptors.Read(Descriptors.Stdin, buffer.Span), CancellationToken.None).WaitAsync(cancellationToken);

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
