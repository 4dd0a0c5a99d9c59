using System.Diagnostics;
using System.Security.Cryptography;
using Atoll.Core.Failpoints;
using Atoll.Core.Faults;
using Atoll.Core.Machines;
using Atoll.Core.Sandboxes;
using Atoll.Machine.Hosting;
using Atoll.Machine.Native;
using Atoll.Machine.Storage.Comparing;

namespace Atoll.Machine.Storage.Btrfs;

/// <summary>
/// Checkpoints as read-only snapshots, <c>checkpoints/ID</c> beside <c>sandboxes</c>. Saving is one ioctl, durable when it returns. Whether anything changed, and what, the generations of the
/// pool tell (<see cref="BtrfsCall.Subvolume"/>, <see cref="BtrfsCall.SendSteps"/>): nothing is compared that two of them share.
/// </summary>
/// <param name="full">The fault when the pool has no room for so many bytes more, and room made where that can be done.</param>
internal sealed class BtrfsCheckpoints(string mount, PoolQuota quota, BtrfsStreams streams, Func<long, Fault?> full) : ICheckpointStorage
{
    /// <summary>A flush that takes longer has written something, which the disk below should have before the processes are stopped for the snapshot's commit.</summary>
    private static readonly TimeSpan Idle = TimeSpan.FromMilliseconds(10);

    private const string Passing = ".now-";
    private readonly string _folder = Path.Combine(mount, "checkpoints");
    private readonly string _staged = Path.Combine(mount, "staged");
    private readonly string _sandboxes = Path.Combine(mount, "sandboxes");
    private readonly string _memory = Path.Combine(mount, "memory");

    public IDiskStreams Streams => streams;

    /// <summary>Under the opening lock.</summary>
    public void Prepare()
    {
        streams.Prepare();
        Directory.CreateDirectory(_folder);
        Directory.CreateDirectory(_staged);
        if (Directory.Exists(_memory)) return;

        // Compressing would take the processor longer than the disk takes for the bytes that it saves.
        HostFolders.MakePrivate(_memory);
        BtrfsCall.LeaveUncompressed(_memory);
    }

    public Result<string> MemoryFolder(long bytes) => bytes > 0 && full(bytes) is { } fault ? fault : _memory;

    public Task<Result<Done>> SweepAsync(CancellationToken cancellation) => StorageFaults.GuardAsync<Done>(
        () =>
        {
            foreach (var left in Directory.EnumerateDirectories(_folder, Passing + "*").Concat(Directory.EnumerateDirectories(_staged))) BtrfsCall.DestroySubvolume(left);
            streams.Sweep();
            return Done.Value;
        },
        cancellation);

    public Task<Result<Done>> FlushAsync(SandboxId id, CancellationToken cancellation) => StorageFaults.GuardAsync<Done>(
        () =>
        {
            var begun = Stopwatch.GetTimestamp();
            BtrfsCall.Flush(PathOf(id), _folder);
            if (Stopwatch.GetElapsedTime(begun) > Idle) FileCall.SyncFilesystem(mount);
            return Done.Value;
        },
        cancellation);

    public Task<Result<bool>> IsUnchangedAsync(SandboxId id, CheckpointId since, CancellationToken cancellation) => StorageFaults.GuardAsync<bool>(
        () =>
        {
            if (!Directory.Exists(PathOf(since))) return false;

            // What was written since the last flush has no generation yet.
            BtrfsCall.Flush(PathOf(id), _folder);
            var (clone, saved) = (BtrfsCall.Inspect(PathOf(id)), BtrfsCall.Inspect(PathOf(since)));
            if (saved.Parent == clone.Uuid) return clone.Changed <= saved.Made;
            return clone.Parent == saved.Uuid && clone.Changed <= clone.Made;
        },
        cancellation);

    public Task<Result<Done>> SaveAsync(SandboxId id, CheckpointId saved, CancellationToken cancellation) => StorageFaults.GuardAsync<Done>(
        () =>
        {
            if (full(0) is { } fault) return fault;
            BtrfsCall.Snapshot(PathOf(id), PathOf(saved), null, readOnly: true);
            return Done.Value;
        },
        cancellation);

    public Task<Result<string>> CloneAsync(CheckpointId saved, SandboxId id, long diskBytes, CancellationToken cancellation) =>
        CloneAsync(saved, PathOf(id), diskBytes, cancellation);

    public async Task<Result<Done>> StageAsync(CheckpointId saved, SandboxId id, long diskBytes, CancellationToken cancellation)
    {
        var staged = StagedOf(id);
        if (Directory.Exists(staged)) BtrfsCall.DestroySubvolume(staged);
        return (await CloneAsync(saved, staged, diskBytes, cancellation)).Map(_ => Done.Value);
    }

    public Task<Result<string>> ReplaceAsync(SandboxId id, CancellationToken cancellation) => StorageFaults.GuardAsync<string>(
        () =>
        {
            FileCall.Exchange(StagedOf(id), PathOf(id));
            Failpoint.Hit("restore.exchanged");
            BtrfsCall.DestroySubvolume(StagedOf(id));
            return PathOf(id);
        },
        cancellation);

    public Task<Result<Done>> DeleteAsync(CheckpointId saved, CancellationToken cancellation) => StorageFaults.GuardAsync<Done>(
        () =>
        {
            streams.Remove(saved);
            if (Directory.Exists(PathOf(saved))) BtrfsCall.DestroySubvolume(PathOf(saved));
            return Done.Value;
        },
        cancellation);

    public Task<IReadOnlyList<CheckpointId>> ListAsync(CancellationToken cancellation) => Task.FromResult<IReadOnlyList<CheckpointId>>(
        [.. Directory.EnumerateDirectories(_folder).Select(path => CheckpointId.TryParse(Path.GetFileName(path), out var id) ? id : (CheckpointId?)null).OfType<CheckpointId>()]);

    public Task<Result<DiskDiff>> CompareAsync(CheckpointId from, CheckpointId to, int limit, CancellationToken cancellation)
    {
        if (!Directory.Exists(PathOf(from))) return Task.FromResult<Result<DiskDiff>>(StorageFaults.NoCheckpoint(from));
        return Directory.Exists(PathOf(to))
            ? StorageFaults.GuardAsync<DiskDiff>(() => Compare(PathOf(from), PathOf(to), limit), cancellation)
            : Task.FromResult<Result<DiskDiff>>(StorageFaults.NoCheckpoint(to));
    }

    public async Task<Result<DiskDiff>> CompareAsync(CheckpointId from, SandboxId to, int limit, CancellationToken cancellation)
    {
        if (!Directory.Exists(PathOf(from))) return StorageFaults.NoCheckpoint(from);
        if (!Directory.Exists(PathOf(to))) return StorageFaults.NoClone(to.Value);
        if (full(0) is { } fault) return fault;
        return await StorageFaults.GuardAsync<DiskDiff>(
            () =>
            {
                var now = Path.Combine(_folder, Passing + RandomNumberGenerator.GetHexString(16, lowercase: true));
                BtrfsCall.Snapshot(PathOf(to), now, null, readOnly: true);
                try
                {
                    return Compare(PathOf(from), now, limit);
                }
                finally
                {
                    BtrfsCall.DestroySubvolume(now);
                }
            },
            cancellation);
    }

    private static DiskDiff Compare(string from, string to, int limit) => from == to
        ? new DiskDiff([], [], [], false)
        : TreeComparison.Run(from, to, limit, pipe => BtrfsCall.SendSteps(to, BtrfsCall.Inspect(from).Id, pipe));

    private Task<Result<string>> CloneAsync(CheckpointId saved, string path, long diskBytes, CancellationToken cancellation) => StorageFaults.GuardAsync<string>(
        () =>
        {
            if (full(0) is { } fault) return fault;
            try
            {
                quota.Clone(PathOf(saved), path, diskBytes);
                return path;
            }
            catch (SyscallException gone) when (gone.Errno == Errno.NoEntry)
            {
                return StorageFaults.NoCheckpoint(saved);
            }
        },
        cancellation);

    private string PathOf(CheckpointId id) => Path.Combine(_folder, id.Value);

    private string PathOf(SandboxId id) => Path.Combine(_sandboxes, id.Value);

    private string StagedOf(SandboxId id) => Path.Combine(_staged, id.Value);
}
