using Atoll.Core.Faults;
using Atoll.Core.Machines;
using Atoll.Core.Sandboxes;
using Atoll.Core.Teams;
using Atoll.Core.Volumes;

namespace Atoll.Server.Tests.Fakes;

/// <summary>There are none.</summary>
internal sealed class FakeVolumes : IVolumes
{
    private static readonly Fault NoVolume = new(FaultCode.VolumeNotFound, FaultSide.Caller, FaultStage.Lookup, "There is no such volume.");

    public Task<Result<VolumeState>> CreateAsync(TeamId team, VolumeRequest request, CancellationToken cancellation) => None<VolumeState>();

    public Task<Result<VolumeState>> GetAsync(TeamId team, string volume, CancellationToken cancellation) => None<VolumeState>();

    public Result<Page<VolumeState>> List(TeamId team, int limit, string? cursor) => new Page<VolumeState>([], null);

    public Task<Result<VolumeState>> UpdateAsync(TeamId team, string volume, VolumeUpdate update, CancellationToken cancellation) => None<VolumeState>();

    public Task<Result<Done>> DeleteAsync(TeamId team, string volume, CancellationToken cancellation) => None<Done>();

    public Task<Result<VolumeState>> SnapshotAsync(TeamId team, string volume, VolumeRequest request, CancellationToken cancellation) => None<VolumeState>();

    public Task<Result<VolumeState>> CloneAsync(TeamId team, string volume, VolumeRequest request, CancellationToken cancellation) => None<VolumeState>();

    public Task<Result<IVolumeFiles>> OpenAsync(TeamId team, string volume, bool write, CancellationToken cancellation) => None<IVolumeFiles>();

    private static Task<Result<T>> None<T>() => Task.FromResult<Result<T>>(NoVolume);
}
