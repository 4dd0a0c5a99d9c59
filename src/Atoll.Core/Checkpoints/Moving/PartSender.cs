using Atoll.Core.Failpoints;
using Atoll.Core.Faults;
using Atoll.Core.Objects;
using Microsoft.Extensions.Options;
using ZstdSharp;

namespace Atoll.Core.Checkpoints.Moving;

/// <summary>Compresses bytes, cuts them into parts and puts these into the store. Parts that are there already with the right digest are not sent again. Holds one part in memory.</summary>
internal sealed class PartSender(IObjectStore store, IOptions<ExportOptions> options)
{
    private const int CopyBytes = 256 * 1024;

    /// <param name="most">What it may be in the store.</param>
    /// <returns>What the place holds now, and how many bytes had to be sent.</returns>
    /// <exception cref="FaultException">The store fails, or it is more than an export may have.</exception>
    public async Task<(Packed Packed, long Sent)> SendAsync(string place, Stream content, long most, TransferProgress progress, CancellationToken cancellation)
    {
        var (raw, sent, packed) = (0L, 0L, 0L);
        await using PartWriter writer = new(
            options.Value.PartBytes,
            async (part, bytes) =>
            {
                if ((packed += part.Bytes) > most) throw new FaultException(ExportFaults.MoreThanItsDisk(most));
                sent += await KeepAsync(place, part, bytes, cancellation);
            });
        await using (CompressionStream zstd = new(writer, options.Value.Level, leaveOpen: true)) raw = await CopyAsync(content, zstd, progress, cancellation);
        await writer.CompleteAsync();
        return (new(place, raw, [.. writer.Parts]), sent);
    }

    private async Task<long> KeepAsync(string place, ExportPart part, ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        var key = ExportKeys.Part(place, part.Sha256);
        if (!(await store.HeadAsync(key, cancellation)).TryGet(out var there, out var fault)) throw new FaultException(fault);
        if (there?.Bytes == part.Bytes) return 0;
        using MemoryStream content = new(bytes.ToArray(), writable: false);
        if ((await store.PutAsync(key, content, cancellation)).Fault is { } refused) throw new FaultException(refused);
        Failpoint.Hit("export.part");
        return part.Bytes;
    }

    private async Task<long> CopyAsync(Stream from, CompressionStream to, TransferProgress progress, CancellationToken cancellation)
    {
        var buffer = new byte[CopyBytes];
        var total = 0L;
        while (await from.ReadAsync(buffer, cancellation) is > 0 and var count)
        {
            if ((total += count) > options.Value.MostBytes) throw new FaultException(ExportFaults.TooLarge(options.Value.MostBytes));
            await to.WriteAsync(buffer.AsMemory(0, count), cancellation);
            progress.Count(count);
        }

        return total;
    }
}
