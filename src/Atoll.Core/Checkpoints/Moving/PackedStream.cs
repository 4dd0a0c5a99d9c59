using System.Security.Cryptography;
using Atoll.Core.Faults;

namespace Atoll.Core.Checkpoints.Moving;

/// <summary>
/// The compressed bytes of a layer or a file out of their parts. Each part is read whole and its digest checked before any of it is handed on. Holds one part in memory. Read-only; one flow.
/// </summary>
internal sealed class PackedStream(Packed packed, IPartSource source) : Stream
{
    private readonly byte[] _buffer = new byte[packed.Parts.Max(part => part.Bytes)];
    private int _next;
    private int _at;
    private int _filled;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <exception cref="FaultException">A part cannot be had, or is not what it should be.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_at == _filled && _next == packed.Parts.Length) return 0;
        if (_at == _filled) await FillAsync(packed.Parts[_next++], cancellationToken);
        var count = Math.Min(buffer.Length, _filled - _at);
        _buffer.AsMemory(_at, count).CopyTo(buffer);
        _at += count;
        return count;
    }

    /// <summary>False when it was over before its last part was.</summary>
    public bool IsReadToTheEnd => _at == _filled && _next == packed.Parts.Length;

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Only asynchronous reads.");

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private async Task FillAsync(ExportPart part, CancellationToken cancellation)
    {
        var bytes = _buffer.AsMemory(0, part.Bytes);
        await source.ReadAsync(packed, part, bytes, cancellation);
        if (Convert.ToHexStringLower(SHA256.HashData(bytes.Span)) != part.Sha256) throw new FaultException(ExportFaults.Invalid("a part of it has been altered (its SHA-256 is not the manifest's)."));
        (_at, _filled) = (0, part.Bytes);
    }
}
