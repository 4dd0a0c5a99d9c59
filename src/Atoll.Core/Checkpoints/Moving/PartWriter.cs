namespace Atoll.Core.Checkpoints.Moving;

/// <summary>Cuts what is written to it into parts of one size (the last may be shorter) and hands each on, digested. Holds one part in memory. One flow.</summary>
/// <param name="keep">Stores a part; its bytes are valid until it returns.</param>
internal sealed class PartWriter(int partBytes, Func<ExportPart, ReadOnlyMemory<byte>, Task> keep) : Stream
{
    private readonly byte[] _buffer = new byte[partBytes];
    private int _filled;

    public List<ExportPart> Parts { get; } = [];

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (buffer.Length > 0)
        {
            var count = Math.Min(buffer.Length, partBytes - _filled);
            buffer[..count].CopyTo(_buffer.AsMemory(_filled));
            buffer = buffer[count..];
            _filled += count;
            if (_filled == partBytes) await CutAsync();
        }
    }

    /// <summary>Hands on the last part. Call once, when all is written.</summary>
    public Task CompleteAsync() => _filled > 0 ? CutAsync() : Task.CompletedTask;

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("Only asynchronous writes.");

    private async Task CutAsync()
    {
        ExportPart part = new(ExportKeys.Digest(_buffer.AsSpan(0, _filled)), _filled);
        await keep(part, _buffer.AsMemory(0, _filled));
        Parts.Add(part);
        _filled = 0;
    }
}
