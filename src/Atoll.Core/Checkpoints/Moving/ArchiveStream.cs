using System.Buffers.Binary;
using System.Security.Cryptography;
using Atoll.Core.Faults;

namespace Atoll.Core.Checkpoints.Moving;

/// <summary>An export in the store as one file, on its way out: <see cref="ArchiveFormat"/>. Each part is checked, so that what is sent can be imported. Read-only; one flow.</summary>
internal sealed class ArchiveStream : Stream
{
    private readonly Queue<(Packed Packed, ExportPart Part)> _parts;
    private readonly IPartSource _source;
    private ReadOnlyMemory<byte> _ready;

    public ArchiveStream(ExportManifest manifest, byte[] json, IPartSource source)
    {
        (_parts, _source) = (new(manifest.Contents.SelectMany(packed => packed.Parts.Select(part => (packed, part)))), source);
        var head = new byte[ArchiveFormat.HeadBytes + json.Length + ArchiveFormat.DigestBytes];
        ArchiveFormat.Magic.CopyTo(head);
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(8), ArchiveFormat.Version);
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(12), json.Length);
        json.CopyTo(head.AsSpan(ArchiveFormat.HeadBytes));
        SHA256.HashData(json, head.AsSpan(ArchiveFormat.HeadBytes + json.Length));
        _ready = head;
        Length = head.Length + manifest.Parts.Sum(part => (long)part.Bytes);
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length { get; }

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_ready.Length == 0 && _parts.TryDequeue(out var next)) _ready = await LoadAsync(next.Packed, next.Part, cancellationToken);
        var count = Math.Min(buffer.Length, _ready.Length);
        _ready[..count].CopyTo(buffer);
        _ready = _ready[count..];
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Only asynchronous reads.");

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private async Task<byte[]> LoadAsync(Packed packed, ExportPart part, CancellationToken cancellation)
    {
        var bytes = new byte[part.Bytes];
        try
        {
            await _source.ReadAsync(packed, part, bytes, cancellation);
        }
        catch (FaultException failure)
        {
            throw new IOException(failure.Fault.Detail, failure);
        }

        return ExportKeys.Digest(bytes) == part.Sha256 ? bytes : throw new IOException($"Part {part.Sha256} in the object store has been altered.");
    }
}
