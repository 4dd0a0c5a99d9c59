using System.Collections.Concurrent;
using Atoll.Core.Faults;
using Atoll.Core.Machines;
using Atoll.Core.Sandboxes;

namespace Atoll.Core.Tests.Fakes;

/// <summary>Volumes that are sizes in a table, which outlives the server under test as real ones do.</summary>
internal sealed class FakeVolumes : IVolumeDisks
{
    public ConcurrentDictionary<VolumeId, long> Limits { get; } = new();

    public bool HasQuotas { get; set; } = true;

    /// <summary>What each one holds.</summary>
    public long UsedBytes { get; set; } = 16384;

    public Func<Fault?> OnMake { get; set; } = () => null;

    public Func<Fault?> OnDelete { get; set; } = () => null;

    public Task<Result<Done>> CreateAsync(VolumeId id, long bytes, CancellationToken cancellation) => Make(id, bytes);

    public Task<Result<Done>> SnapshotAsync(VolumeId source, VolumeId id, CancellationToken cancellation) => Make(id, 0);

    public Task<Result<Done>> CloneAsync(VolumeId source, VolumeId id, long bytes, CancellationToken cancellation) => Make(id, bytes);

    public Task<Result<Done>> LimitAsync(VolumeId id, long bytes, CancellationToken cancellation)
    {
        Limits[id] = bytes;
        return Task.FromResult<Result<Done>>(Done.Value);
    }

    public Task<Result<long?>> MeasureAsync(VolumeId id, CancellationToken cancellation) => Task.FromResult<Result<long?>>(UsedBytes);

    public Task<Result<Done>> DeleteAsync(VolumeId id, CancellationToken cancellation)
    {
        if (OnDelete() is { } fault) return Task.FromResult<Result<Done>>(fault);
        Limits.TryRemove(id, out _);
        return Task.FromResult<Result<Done>>(Done.Value);
    }

    public Task<IReadOnlyList<VolumeId>> ListAsync(CancellationToken cancellation) => Task.FromResult<IReadOnlyList<VolumeId>>([.. Limits.Keys]);

    public Func<IVolumeFiles> OnOpen { get; set; } = () => throw new NotSupportedException();

    public Task<Result<IVolumeFiles>> OpenAsync(VolumeId id, CancellationToken cancellation) => Task.FromResult(Result.Of(OnOpen()));

    private Task<Result<Done>> Make(VolumeId id, long bytes)
    {
        if (OnMake() is { } fault) return Task.FromResult<Result<Done>>(fault);
        Limits[id] = bytes;
        return Task.FromResult<Result<Done>>(Done.Value);
    }
}
