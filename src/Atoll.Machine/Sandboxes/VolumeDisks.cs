using Atoll.Core.Faults;
using Atoll.Core.Machines;
using Atoll.Core.Sandboxes;
using Atoll.Machine.Storage;

namespace Atoll.Machine.Sandboxes;

/// <summary>Core's <see cref="IVolumeDisks"/>: those of the storage in use, which is known once it is open.</summary>
internal sealed class VolumeDisks(ISandboxStorage storage) : IVolumeDisks
{
    public bool HasQuotas => Volumes.HasQuotas;

    private IVolumeStorage Volumes => storage.Volumes;

    public Task<Result<Done>> CreateAsync(VolumeId id, long bytes, CancellationToken cancellation) => Volumes.CreateAsync(id, bytes, cancellation);

    public Task<Result<Done>> SnapshotAsync(VolumeId source, VolumeId id, CancellationToken cancellation) => Volumes.SnapshotAsync(source, id, cancellation);

    public Task<Result<Done>> CloneAsync(VolumeId source, VolumeId id, long bytes, CancellationToken cancellation) => Volumes.CloneAsync(source, id, bytes, cancellation);

    public Task<Result<Done>> LimitAsync(VolumeId id, long bytes, CancellationToken cancellation) => Volumes.LimitAsync(id, bytes, cancellation);

    public Task<Result<long?>> MeasureAsync(VolumeId id, CancellationToken cancellation) => Volumes.MeasureAsync(id, cancellation);

    public Task<Result<Done>> DeleteAsync(VolumeId id, CancellationToken cancellation) => Volumes.DeleteAsync(id, cancellation);

    public Task<IReadOnlyList<VolumeId>> ListAsync(CancellationToken cancellation) => Volumes.ListAsync(cancellation);

    public Task<Result<IVolumeFiles>> OpenAsync(VolumeId id, CancellationToken cancellation) => Volumes.OpenAsync(id, cancellation);
}
