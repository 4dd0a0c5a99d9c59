using Atoll.Core.Faults;
using Atoll.Core.Objects;
using ZstdSharp;

namespace Atoll.Core.Checkpoints.Moving;

/// <summary>A layer's stream of the disk, or a file, uncompressed: as many bytes as the manifest says and not one more, whatever the compressed ones unpack to. Read-only; one flow.</summary>
internal sealed class RawStream : Stream
{
    private readonly Packed _packed;
    private readonly PackedStream _stream;
    private readonly DecompressionStream _zstd;
    private readonly TransferProgress _progress;
    private long _left;

    public RawStream(Packed packed, IPartSource source, TransferProgress progress)
    {
        (_packed, _left, _progress) = (packed, packed.RawBytes, progress);
        _stream = new PackedStream(packed, source);
        _zstd = new DecompressionStream(_stream, leaveOpen: true);
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => _packed.RawBytes;

    public override long Position { get => _packed.RawBytes - _left; set => throw new NotSupportedException(); }

    /// <exception cref="FaultException">It is not what the manifest says.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            if (_left > 0)
            {
                var count = await _zstd.ReadAsync(buffer[..(int)Math.Min(buffer.Length, _left)], cancellationToken);
                if (count == 0 && buffer.Length > 0) throw Wrong();
                _left -= count;
                _progress.Count(count);
                return count;
            }

            // All is read: then there must be no more, neither unpacked nor packed.
            if (buffer.Length > 0 && (await _zstd.ReadAsync(buffer[..1], cancellationToken) > 0 || !_stream.IsReadToTheEnd)) throw Wrong();
            return 0;
        }
        catch (Exception broken) when (broken is ZstdException or EndOfStreamException or InvalidDataException)
        {
            throw new FaultException(ExportFaults.Invalid("something of it cannot be unpacked."), broken);
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Only asynchronous reads.");

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _zstd.Dispose();
            _stream.Dispose();
        }

        base.Dispose(disposing);
    }

    private static FaultException Wrong() => new(ExportFaults.Invalid("something of it has not the length that its manifest says."));
}
