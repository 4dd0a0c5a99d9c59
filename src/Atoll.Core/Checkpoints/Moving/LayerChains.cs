using Atoll.Core.Faults;
using Atoll.Core.Machines;
using Atoll.Core.Objects;
using Microsoft.Extensions.Options;

namespace Atoll.Core.Checkpoints.Moving;

/// <summary>
/// Makes sure that a disk is in the store, with all that it stands on. It stands on the nearest disk before it whose layer is there already; else on its template, which is then sent once for all
/// that began as it; else on nothing. So a first export costs the template and what was written since, the next one what has changed.
/// </summary>
internal sealed class LayerChains(LayerSender sender, IObjectStore store, IOptions<ExportOptions> options, TimeProvider time) : IDisposable
{
    /// <summary>Two exports of one template at once would send it twice.</summary>
    private readonly SemaphoreSlim _template = new(1);
    private readonly StoredParts _stored = new(store, time);

    /// <param name="disks">The disk, and what it may stand on: <see cref="IDiskStreams.FindAsync"/>.</param>
    /// <returns>The layers from the first on, and how many bytes had to be sent.</returns>
    public async Task<Result<(IReadOnlyList<ExportLayer> Layers, long Sent)>> EnsureAsync(IReadOnlyList<StreamedDisk> disks, TransferProgress progress, CancellationToken cancellation)
    {
        try
        {
            if (await FindAsync(disks[0].Id, cancellation) is { } whole) return (whole, 0);
            foreach (var before in disks.Skip(1).Where(disk => disk.Saved is not null))
            {
                if (await FindAsync(before.Id, cancellation) is { } chain && chain.Count < options.Value.MostLayers) return await ExtendAsync(chain, 0, disks[0], before, progress, cancellation);
            }

            if (disks.Skip(1).FirstOrDefault(disk => disk.Template is not null) is not { } template || options.Value.MostLayers == 1) return await ExtendAsync([], 0, disks[0], null, progress, cancellation);
            var sent = 0L;
            await _template.WaitAsync(cancellation);
            try
            {
                if (await FindAsync(template.Id, cancellation) is null)
                {
                    if (!(await sender.SendAsync(template, null, progress, cancellation)).TryGet(out var made, out var fault)) return fault;
                    sent = made.Sent;
                }
            }
            finally
            {
                _template.Release();
            }

            return await FindAsync(template.Id, cancellation) is { } ground
                ? await ExtendAsync(ground, sent, disks[0], template, progress, cancellation)
                : ObjectFaults.Unavailable(store.Description, "what was stored a moment ago is not there any more.");
        }
        catch (FaultException failure)
        {
            return failure.Fault;
        }
    }

    public void Dispose() => _template.Dispose();

    private async Task<Result<(IReadOnlyList<ExportLayer> Layers, long Sent)>> ExtendAsync(
        IReadOnlyList<ExportLayer> chain, long sent, StreamedDisk disk, StreamedDisk? since, TransferProgress progress, CancellationToken cancellation) =>
        (await sender.SendAsync(disk, since, progress, cancellation)).Map(made => ((IReadOnlyList<ExportLayer>)[.. chain, made.Layer], sent + made.Sent));

    /// <summary>A layer that is there whole, on what it stands on, from the first on; null when anything of it is missing or not understood.</summary>
    /// <exception cref="FaultException">The store fails.</exception>
    private async Task<IReadOnlyList<ExportLayer>?> FindAsync(Guid disk, CancellationToken cancellation)
    {
        List<ExportLayer> chain = [];
        for (Guid? next = disk; next is { } id;)
        {
            if (chain.Count == options.Value.MostLayers) return null;
            if (await _stored.FindAsync(ExportKeys.Record(id), ManifestReader.MaxBytes, cancellation) is not { } json || ManifestReader.ReadLayer(json) is not { } layer || layer.Id != id) return null;
            chain.Insert(0, layer);
            next = layer.Base;
        }

        return chain;
    }
}
