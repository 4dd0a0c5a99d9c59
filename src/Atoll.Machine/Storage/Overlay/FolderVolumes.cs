using Atoll.Core.Faults;
using Atoll.Core.Machines;
using Atoll.Core.Sandboxes;
using Atoll.Machine.Native;
using Atoll.Machine.Storage.Volumes;

namespace Atoll.Machine.Storage.Overlay;

/// <summary>Volumes as plain directories of the host, <c>volumes/ID</c>: shared as well, but without quotas, snapshots and clones.</summary>
/// <param name="full">The fault when the pool has no room for more.</param>
internal sealed class FolderVolumes(string pool, Func<Fault?> full) : IVolumeStorage
{
    private const string Half = ".new-";
    private const string Gone = ".gone-";

    private static readonly Fault NoSnapshots = new(
        FaultCode.NotSupported, FaultSide.Host, FaultStage.Storage, "This node's storage (overlay) has no snapshots and clones of volumes.", "Use a kernel with btrfs and Storage:Kind 'btrfs'; `atoll doctor` says what is missing.");

    private readonly string _folder = Path.Combine(pool, "volumes");

    public bool HasQuotas => false;

    /// <summary>Under the opening lock.</summary>
    public void Prepare() => Directory.CreateDirectory(_folder);

    public Task<Result<Done>> CreateAsync(VolumeId id, long bytes, CancellationToken cancellation) => StorageFaults.GuardAsync<Done>(
        () =>
        {
            if (full() is { } fault) return fault;
            var half = Path.Combine(_folder, Half + id);
            Directory.CreateDirectory(half);
            VolumeRoot.Prepare(half);
            FileCall.Rename(half, PathOf(id));
            FileCall.Sync(_folder);
            return Done.Value;
        },
        cancellation);

    public Task<Result<Done>> SnapshotAsync(VolumeId source, VolumeId id, CancellationToken cancellation) => Task.FromResult<Result<Done>>(NoSnapshots);

    public Task<Result<Done>> CloneAsync(VolumeId source, VolumeId id, long bytes, CancellationToken cancellation) => Task.FromResult<Result<Done>>(NoSnapshots);

    /// <summary>None is ever asked for but in a repetition.</summary>
    public Task<Result<Done>> LimitAsync(VolumeId id, long bytes, CancellationToken cancellation) =>
        Task.FromResult<Result<Done>>(bytes == 0 ? Done.Value : new Fault(FaultCode.NotSupported, FaultSide.Host, FaultStage.Storage, "This node's storage (overlay) cannot limit a volume."));

    public Task<Result<long?>> MeasureAsync(VolumeId id, CancellationToken cancellation) => Task.FromResult<Result<long?>>(Find(id) is null ? StorageFaults.NoVolume(id.Value) : (long?)null);

    public Task<Result<Done>> DeleteAsync(VolumeId id, CancellationToken cancellation) => StorageFaults.GuardAsync<Done>(
        () =>
        {
            var gone = Path.Combine(_folder, Gone + id);
            if (Find(id) is { } path) FileCall.Rename(path, gone);
            if (Directory.Exists(gone)) Remove(gone);
            return Done.Value;
        },
        cancellation);

    public Task<IReadOnlyList<VolumeId>> ListAsync(CancellationToken cancellation) => Task.FromResult<IReadOnlyList<VolumeId>>(
        [.. Directory.EnumerateDirectories(_folder).Select(path => VolumeId.TryParse(Path.GetFileName(path), out var id) ? id : (VolumeId?)null).OfType<VolumeId>()]);

    public Task<Result<IVolumeFiles>> OpenAsync(VolumeId id, CancellationToken cancellation) => StorageFaults.GuardAsync<IVolumeFiles>(
        () => Find(id) is { } path ? new VolumeFiles(path) : StorageFaults.NoVolume(id.Value), cancellation);

    public string? Find(VolumeId id) => Directory.Exists(PathOf(id)) ? PathOf(id) : null;

    public Task<Result<Done>> SweepAsync(CancellationToken cancellation) => StorageFaults.GuardAsync<Done>(
        () =>
        {
            foreach (var left in Directory.EnumerateDirectories(_folder, Half + "*").Concat(Directory.EnumerateDirectories(_folder, Gone + "*"))) Remove(left);
            return Done.Value;
        },
        cancellation);

    private static void Remove(string path)
    {
        using (RootedFiles tree = new(path)) TreeRemoval.Empty(tree);
        Directory.Delete(path);
    }

    private string PathOf(VolumeId id) => Path.Combine(_folder, id.Value);
}
