using Atoll.Core.Faults;
using Atoll.Core.Machines;
using Atoll.Core.Objects;

namespace Atoll.Core.Checkpoints.Moving;

/// <summary>
/// Puts a disk's stream into the store, as a difference where there is something to stand on and it is worth it. What it may take there follows from the disk's own limit: a file that shares its
/// blocks with itself, or is one long hole, is of any length and takes no room here.
/// </summary>
internal sealed class DiskSender(IDiskStreams streams, PartSender parts)
{
    /// <summary>A difference holds what all sandboxes on the way to the disk wrote, each up to its limit: it may be a few of them.</summary>
    private const int LimitsOfOneDifference = 4;

    /// <summary>What paths, owners and times take in a stream.</summary>
    private const long Overhead = 1L << 30;

    /// <param name="diskBytes">The limit of the sandbox that wrote the disk.</param>
    /// <returns>The layer, which stands on <paramref name="since"/> or on nothing, and how many bytes had to be sent.</returns>
    /// <exception cref="FaultException">The store fails, or it is more than may be.</exception>
    public async Task<Result<(ExportLayer Layer, long Sent)>> SendAsync(string place, StreamedDisk disk, StreamedDisk? since, long diskBytes, TransferProgress progress, CancellationToken cancellation)
    {
        var taken = Math.Min(disk.MostBytes, long.MaxValue - Overhead) + Overhead;
        var most = since is null ? taken : Math.Min(taken, (diskBytes * LimitsOfOneDifference) + Overhead);
        ExportLayer? layer = null;
        var sent = 0L;
        var told = await streams.SendAsync(
            disk, since, diskBytes,
            async stream =>
            {
                (var packed, sent) = await parts.SendAsync(place, stream, most, progress, cancellation);
                layer = new(disk.Id, since?.Id, packed.RawBytes, packed.Parts);
            },
            cancellation);
        if (!told.TryGet(out var whole, out var fault)) return fault;
        return whole ? (layer!, sent) : await SendAsync(place, disk, null, diskBytes, progress, cancellation);
    }
}
