namespace Atoll.Core.Checkpoints.Moving;

/// <summary>The places that one export or archive works with. One flow.</summary>
internal sealed class PlaceHold(PlaceClaims claims) : IDisposable
{
    private readonly HashSet<string> _places = new(StringComparer.Ordinal);

    public async Task AddAsync(string place, CancellationToken cancellation)
    {
        if (_places.Contains(place)) return;
        await claims.TakeAsync(place, cancellation);
        _places.Add(place);
    }

    public void Dispose()
    {
        claims.GiveBack(_places);
        _places.Clear();
    }
}
