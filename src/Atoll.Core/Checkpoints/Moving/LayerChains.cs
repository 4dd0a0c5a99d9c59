using Atoll.Core.Faults;
using Atoll.Core.Machines;
using Atoll.Core.Objects;
using Microsoft.Extensions.Options;

namespace Atoll.Core.Checkpoints.Moving;

/// <summary>
/// Makes sure that a disk is in the store, with all that it stands on. It stands on the nearest disk before it whose layer is there already; else on its template, which is then sent once for all
/// that began as it; else on nothing. So a first export costs the template and what was written since, the next one what has changed.
/// </summary>
internal sealed class LayerChains(LayerSender sender, IObjectStore store, PlaceClaims claims, IOptions<ExportOptions> options, TimeProvider time) : IDisposable
{
    /// <summary>Two exports of one template at once would send it twice.</summary>
    private readonly SemaphoreSlim _template = new(1);
    private readonly StoredParts _stored = new(store, time);

    /// <summary>What an export or archive works with; it disposes it when its manifest is there.</summary>
    public PlaceHold Begin() => claims.Begin();

    /// <param name="disks">The disk, and what it may stand on: <see cref="IDiskStreams.FindAsync"/>.</param>
    /// <param name="hold">Gets what is looked at, before it is: what is found stays until that is disposed.</param>
    /// <param name="diskBytes">The limit of the sandbox that wrote the disk.</param>
    /// <returns>The layers from the first on, and how many bytes had to be sent.</returns>
    public async Task<Result<(IReadOnlyList<ExportLayer> Layers, long Sent)>> EnsureAsync(IReadOnlyList<StreamedDisk> disks, PlaceHold hold, long diskBytes, TransferProgress progress, CancellationToken cancellation)
    {
        try
        {
            if (await FindAsync(disks[0].Id, hold, cancellation) is { } whole) return (whole, 0);
            if (!(await GroundAsync(disks, hold, progress, cancellation)).TryGet(out var ground, out var fault)) return fault;
            return (await sender.SendAsync(disks[0], ground.Since, diskBytes, progress, cancellation)).Map(made => (ground.With(made.Layer), ground.Sent + made.Sent));
        }
        catch (FaultException failure)
        {
            return failure.Fault;
        }
    }

    /// <summary>What the disk can stand on that is in the store: nothing, or all layers up to the one that it then begins at.</summary>
    /// <exception cref="FaultException">The store fails.</exception>
    public async Task<Result<LayerGround>> GroundAsync(IReadOnlyList<StreamedDisk> disks, PlaceHold hold, TransferProgress progress, CancellationToken cancellation)
    {
        foreach (var before in disks.Skip(1).Where(disk => disk.Saved is not null))
        {
            if (await FindAsync(before.Id, hold, cancellation) is { } chain && chain.Count < options.Value.MostLayers) return new LayerGround(chain, before, 0);
        }

        if (disks.Skip(1).FirstOrDefault(disk => disk.Template is not null) is not { } template || options.Value.MostLayers == 1) return LayerGround.None;
        var sent = 0L;
        await _template.WaitAsync(cancellation);
        try
        {
            if (await FindAsync(template.Id, hold, cancellation) is null)
            {
                if (!(await sender.SendAsync(template, null, 0, progress, cancellation)).TryGet(out var made, out var fault)) return fault;
                sent = made.Sent;
            }
        }
        finally
        {
            _template.Release();
        }

        return await FindAsync(template.Id, hold, cancellation) is { } layers
            ? new LayerGround(layers, template, sent)
            : ObjectFaults.Unavailable(store.Description, "what was stored a moment ago is not there any more.");
    }

    public void Dispose() => _template.Dispose();

    /// <summary>A layer that is there whole, on what it stands on, from the first on; null when anything of it is missing or not understood.</summary>
    /// <exception cref="FaultException">The store fails.</exception>
    private async Task<IReadOnlyList<ExportLayer>?> FindAsync(Guid disk, PlaceHold hold, CancellationToken cancellation)
    {
        List<ExportLayer> chain = [];
        for (Guid? next = disk; next is { } id;)
        {
            if (chain.Count == options.Value.MostLayers) return null;
            await hold.AddAsync(ExportKeys.Layer(id), cancellation);
            if (await _stored.FindAsync(ExportKeys.Record(id), ManifestReader.MaxBytes, cancellation) is not { } json || ManifestReader.ReadLayer(json) is not { } layer || layer.Id != id) return null;
            chain.Insert(0, layer);
            next = layer.Base;
        }

        return chain;
    }
}
