using Microsoft.Win32.SafeHandles;

namespace Atoll.Machine.Storage.Volumes;

/// <summary>A part of a file, as many bytes as were announced. One that has become shorter meanwhile ends with an <see cref="IOException"/>, never early. One reader.</summary>
internal sealed class FilePart(SafeFileHandle file, long offset, long length) : Stream
{
    private long _done;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position
    {
        get => _done;
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Read it asynchronously.");

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var wanted = (int)Math.Min(buffer.Length, length - _done);
        if (wanted == 0) return 0;
        var read = await RandomAccess.ReadAsync(file, buffer[..wanted], offset + _done, cancellationToken);
        if (read == 0) throw new EndOfStreamException("The file became shorter while it was read.");
        _done += read;
        return read;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) file.Dispose();
        base.Dispose(disposing);
    }
}
