using Atoll.Core.Faults;
using Atoll.Core.Machines;
using Atoll.Core.Sandboxes;
using Atoll.Machine.Native;
using Atoll.Machine.Storage.Volumes;

namespace Atoll.Machine.Storage.Btrfs;

/// <summary>
/// Volumes as subvolumes, <c>volumes/ID</c>, each with a quota. A new one is a snapshot of an empty one, so that making it is one ioctl, durable when it returns, as snapshots and clones are. With simple
/// quotas what a snapshot keeps counts against the volume that wrote it.
/// </summary>
/// <param name="full">The fault when the pool has no room for more.</param>
internal sealed class BtrfsVolumes(string mount, PoolQuota quota, Func<Fault?> full) : IVolumeStorage
{
    private const string Half = ".new";
    private readonly string _folder = Path.Combine(mount, "volumes");

    public bool HasQuotas => true;

    private string Empty => Path.Combine(_folder, ".empty");

    /// <summary>Under the opening lock.</summary>
    public void Prepare()
    {
        Directory.CreateDirectory(_folder);
        if (Directory.Exists(Empty)) return;
        if (Directory.Exists(Empty + Half)) BtrfsCall.DestroySubvolume(Empty + Half);
        BtrfsCall.CreateSubvolume(Empty + Half);
        VolumeRoot.Prepare(Empty + Half);
        FileCall.Rename(Empty + Half, Empty);
        FileCall.SyncFilesystem(_folder);
    }

    public Task<Result<Done>> CreateAsync(VolumeId id, long bytes, CancellationToken cancellation) => CloneAsync(Empty, id, bytes, cancellation);

    public Task<Result<Done>> SnapshotAsync(VolumeId source, VolumeId id, CancellationToken cancellation) => MakeAsync(
        PathOf(source), () => BtrfsCall.Snapshot(PathOf(source), PathOf(id), null, readOnly: true), cancellation);

    public Task<Result<Done>> CloneAsync(VolumeId source, VolumeId id, long bytes, CancellationToken cancellation) => CloneAsync(PathOf(source), id, bytes, cancellation);

    public Task<Result<Done>> LimitAsync(VolumeId id, long bytes, CancellationToken cancellation) => StorageFaults.GuardAsync<Done>(
        () =>
        {
            if (Find(id) is not { } path) return StorageFaults.NoVolume(id.Value);
            BtrfsCall.Limit(path, bytes);
            return Done.Value;
        },
        cancellation);

    public Task<Result<long?>> MeasureAsync(VolumeId id, CancellationToken cancellation) => StorageFaults.GuardAsync<long?>(
        () => Find(id) is { } path ? (long?)quota.Measure(path) : StorageFaults.NoVolume(id.Value), cancellation);

    public Task<Result<Done>> DeleteAsync(VolumeId id, CancellationToken cancellation) => StorageFaults.GuardAsync<Done>(
        () =>
        {
            if (Find(id) is { } path) BtrfsCall.DestroySubvolume(path);
            return Done.Value;
        },
        cancellation);

    public Task<IReadOnlyList<VolumeId>> ListAsync(CancellationToken cancellation) => Task.FromResult<IReadOnlyList<VolumeId>>(
        [.. Directory.EnumerateDirectories(_folder).Select(path => VolumeId.TryParse(Path.GetFileName(path), out var id) ? id : (VolumeId?)null).OfType<VolumeId>()]);

    public Task<Result<IVolumeFiles>> OpenAsync(VolumeId id, CancellationToken cancellation) => StorageFaults.GuardAsync<IVolumeFiles>(
        () => Find(id) is { } path ? new VolumeFiles(path) : StorageFaults.NoVolume(id.Value), cancellation);

    public string? Find(VolumeId id) => Directory.Exists(PathOf(id)) ? PathOf(id) : null;

    /// <summary>Each is there whole or not at all.</summary>
    public Task<Result<Done>> SweepAsync(CancellationToken cancellation) => Task.FromResult<Result<Done>>(Done.Value);

    private Task<Result<Done>> CloneAsync(string source, VolumeId id, long bytes, CancellationToken cancellation) => MakeAsync(source, () => quota.Clone(source, PathOf(id), bytes), cancellation);

    private Task<Result<Done>> MakeAsync(string source, Action make, CancellationToken cancellation) => StorageFaults.GuardAsync<Done>(
        () =>
        {
            if (full() is { } fault) return fault;
            try
            {
                make();
                return Done.Value;
            }
            catch (SyscallException gone) when (gone.Errno == Errno.NoEntry)
            {
                return StorageFaults.NoVolume(Path.GetFileName(source));
            }
        },
        cancellation);

    private string PathOf(VolumeId id) => Path.Combine(_folder, id.Value);
}
