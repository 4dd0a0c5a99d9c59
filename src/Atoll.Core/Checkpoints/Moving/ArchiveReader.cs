using System.Buffers.Binary;
using System.Security.Cryptography;
using Atoll.Core.Faults;

namespace Atoll.Core.Checkpoints.Moving;

/// <summary>Reads an archive that comes from outside: first <see cref="ReadManifestAsync"/>, then its parts, then <see cref="EndAsync"/>. One flow.</summary>
internal sealed class ArchiveReader(Stream archive) : IPartSource
{
    /// <returns>The manifest's bytes: those that were written.</returns>
    /// <exception cref="FaultException">It is no archive, or a broken one.</exception>
    public async Task<byte[]> ReadManifestAsync(CancellationToken cancellation)
    {
        var head = new byte[ArchiveFormat.HeadBytes];
        await FillAsync(head, cancellation);
        if (!head.AsSpan(0, 8).SequenceEqual(ArchiveFormat.Magic)) throw new FaultException(ExportFaults.Invalid("it is no archive of a checkpoint."));
        var version = BinaryPrimitives.ReadInt32LittleEndian(head.AsSpan(8));
        if (version != ArchiveFormat.Version) throw new FaultException(ExportFaults.Version(version));
        var length = BinaryPrimitives.ReadInt32LittleEndian(head.AsSpan(12));
        if (length is <= 0 or > ManifestReader.MaxBytes) throw new FaultException(ExportFaults.Invalid("its manifest has no length that one can have."));
        var manifest = new byte[length];
        await FillAsync(manifest, cancellation);
        var digest = new byte[ArchiveFormat.DigestBytes];
        await FillAsync(digest, cancellation);
        return SHA256.HashData(manifest).AsSpan().SequenceEqual(digest) ? manifest : throw new FaultException(ExportFaults.Invalid("its manifest has been altered."));
    }

    public Task ReadAsync(Packed packed, ExportPart part, Memory<byte> buffer, CancellationToken cancellation) => FillAsync(buffer, cancellation);

    /// <exception cref="FaultException">Something follows.</exception>
    public async Task EndAsync(CancellationToken cancellation)
    {
        if (await archive.ReadAsync(new byte[1], cancellation) > 0) throw new FaultException(ExportFaults.Invalid("something follows behind its end."));
    }

    private async Task FillAsync(Memory<byte> buffer, CancellationToken cancellation)
    {
        if (await archive.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellation) < buffer.Length) throw new FaultException(ExportFaults.Invalid("it is cut off."));
    }
}
