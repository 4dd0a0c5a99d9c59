using System.Diagnostics.CodeAnalysis;
using Atoll.Machine.Hosting;

namespace Atoll.Machine.Isolation.Vessels;

/// <summary>The vessels of one shape. Not thread-safe: the stock's lock holds.</summary>
internal sealed class VesselShelf(VesselShape shape, Demand demand)
{
    private readonly Queue<Vessel> _ready = new();

    public VesselShape Shape => shape;

    public int Ready => _ready.Count;

    /// <summary>As many as were asked for at once lately; what was saved counts as asked for.</summary>
    public int Wanted => demand.Peak;

    /// <summary>No more are made before this time of the clock: what failed once fails again at once.</summary>
    public long? RestsSince { get; set; }

    public void Ask() => demand.Note();

    public void Add(Vessel vessel) => _ready.Enqueue(vessel);

    public bool TryTake([MaybeNullWhen(false)] out Vessel vessel) => _ready.TryDequeue(out vessel);
}
