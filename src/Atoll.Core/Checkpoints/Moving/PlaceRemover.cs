using Atoll.Core.Failpoints;
using Atoll.Core.Faults;
using Atoll.Core.Objects;

namespace Atoll.Core.Checkpoints.Moving;

/// <summary>Frees places of the store that no manifest names. One removal at a time, since each reads all manifests.</summary>
internal sealed class PlaceRemover(IObjectStore store, NamedPlaces named, PlaceClaims claims) : IDisposable
{
    private const int PageSize = 1000;
    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>Fails where an export or archive works with one of them: try again when it is over.</summary>
    public async Task<Result<Done>> RemoveAsync(IReadOnlyCollection<string> places, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        List<string> own = [];
        try
        {
            own.AddRange(places.Where(claims.TryRemove));
            if (own.Count > 0)
            {
                // Whoever comes from here on waits, and whoever was here before holds what it needs: so a manifest that is not there now will not be.
                var kept = await named.AmongAsync(own, cancellation);
                foreach (var place in own.Where(place => !kept.Contains(place)))
                {
                    if ((await RemoveAsync(place, cancellation)).Fault is { } left) return left;
                }
            }

            return own.Count == places.Count ? Done.Value : ExportFaults.PlaceHeld;
        }
        catch (FaultException failure)
        {
            return failure.Fault;
        }
        finally
        {
            foreach (var place in own) claims.EndRemoval(place);
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    /// <summary>The record first: a place without one is built anew by whoever needs it, whatever is left in it.</summary>
    private async Task<Result<Done>> RemoveAsync(string place, CancellationToken cancellation)
    {
        if ((await store.AbandonAsync(place, cancellation)).Fault is { } half) return half;
        if ((await store.DeleteAsync(ExportKeys.RecordOf(place), cancellation)).Fault is { } unmarked) return unmarked;
        Failpoint.Hit("export.delete.unmarked");
        while (true)
        {
            if (!(await store.ListAsync(place, PageSize, null, cancellation)).TryGet(out var page, out var fault)) return fault;
            foreach (var found in page.Objects)
            {
                if ((await store.DeleteAsync(found.Key, cancellation)).Fault is { } left) return left;
            }

            if (!page.More) return Done.Value;
        }
    }
}
