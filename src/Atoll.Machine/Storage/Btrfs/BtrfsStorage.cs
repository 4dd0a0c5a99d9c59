using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;
using Atoll.Machine.Hosting;
using Atoll.Machine.Native;
using Atoll.Machine.Storage.Trees;
using Microsoft.Extensions.Logging;

namespace Atoll.Machine.Storage.Btrfs;

/// <summary>
/// Subvolumes in a btrfs pool: <c>sandboxes/ID</c> is a snapshot of its template's tree, limited by a quota. A clone is one ioctl and durable when it returns;
/// deleting returns at once, and the kernel gives the space back in the background.
/// </summary>
internal sealed partial class BtrfsStorage : ISandboxStorage, IDisposable
{
    // Snapshots wait for one shared commit, so several at once are faster than one after the other; each holds a thread meanwhile.
    private const int ClonesAtOnce = 8;
    private static readonly TimeSpan GrowthCheck = TimeSpan.FromSeconds(1);
    private readonly MachineOptions _machine;
    private readonly StorageOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<BtrfsStorage> _log;
    private readonly BtrfsPool _pool;
    private readonly PoolRoom _room;
    private readonly PoolQuota _quota;
    private readonly TemplateShelf _shelf;
    private readonly SpareShelf _spares;
    private readonly PoolLocks _locks;
    private readonly BtrfsCheckpoints _checkpoints;
    private readonly BtrfsVolumes _volumes;
    private readonly SemaphoreSlim _clones = new(ClonesAtOnce);
    private readonly Lock _growing = new();
    private CancellationTokenSource? _stop;
    private Task _growth = Task.CompletedTask;

    public BtrfsStorage(MachineOptions machine, StorageOptions options, TimeProvider time, ILogger<BtrfsStorage> log)
    {
        (_machine, _options, _time, _log) = (machine, options, time, log);
        _pool = new BtrfsPool(machine, options, time);
        _room = new PoolRoom(_pool, options);
        _quota = new PoolQuota(_pool.Mount, options.Quota);
        _shelf = new TemplateShelf(_pool.Mount, new SubvolumeTree());
        _locks = new PoolLocks(machine.StateDirectory, time);
        _checkpoints = new BtrfsCheckpoints(_pool.Mount, _quota, new(_pool.Mount, _quota, _shelf, Full), bytes => HasRoom(bytes) ? null : StorageFaults.Full(_room.Measure(), bytes));
        _volumes = new BtrfsVolumes(_pool.Mount, _quota, Full);
        _spares = new SpareShelf(Path.Combine(_pool.Mount, "spares"), options.SpareClones, time);
    }

    public string Kind => StorageOptions.Btrfs;

    public string? Limitation => _quota.Limitation;

    public ICheckpointStorage Checkpoints => _checkpoints;

    public IVolumeStorage Volumes => _volumes;

    private string Sandboxes => Path.Combine(_pool.Mount, "sandboxes");

    public Task<Result<Done>> OpenAsync(CancellationToken cancellation) => StorageFaults.GuardAsync<Done>(
        async () =>
        {
            Directory.CreateDirectory(_machine.StateDirectory);
            using var opening = await _locks.OpeningAsync(cancellation);
            var mounted = await _pool.MountAsync(cancellation);
            if (!mounted.Succeeded) return mounted;
            _quota.Open();
            _shelf.Prepare();
            Directory.CreateDirectory(Sandboxes);
            _checkpoints.Prepare();
            _volumes.Prepare();
            _spares.Open();
            _locks.Use();
            SweepTrees();
            if (_stop is null)
            {
                _stop = new CancellationTokenSource();
                var stop = _stop.Token;
                _growth = BackgroundLoop.RunAsync("Growing the storage pool", () => GrowAsync(stop), _time, _log, stop);
            }

            return Done.Value;
        },
        cancellation);

    public Task<Result<Done>> CloseAsync(bool erase, CancellationToken cancellation) => StorageFaults.GuardAsync<Done>(
        async () =>
        {
            if (_stop is not null)
            {
                await _stop.CancelAsync();
                await _growth;
                _stop.Dispose();
                _stop = null;
            }

            // An uninstall closes what it never opened, and what may not even be there.
            if (!Directory.Exists(_machine.StateDirectory)) return Done.Value;
            using var opening = await _locks.OpeningAsync(cancellation);
            _spares.Close();
            if (!await _locks.TryLeaveAsync(cancellation)) return erase ? StorageFaults.Host("Another process uses the pool.", "Stop it first.") : Done.Value;
            if (!await _pool.UnmountAsync(cancellation)) return StorageFaults.Host($"{_pool.Mount} is in use and was not unmounted.", "End what runs from it first: fuser -vm " + _pool.Mount);
            if (!erase) return Done.Value;
            var erased = await _pool.EraseAsync(cancellation);
            if (erased.Succeeded) _locks.Erase();
            return erased;
        },
        cancellation);

    public async Task<Result<string>> CloneAsync(string template, SandboxId id, long diskBytes, CancellationToken cancellation)
    {
        await _clones.WaitAsync(cancellation);
        try
        {
            return await StorageFaults.GuardAsync(() => Clone(template, id, diskBytes), cancellation);
        }
        finally
        {
            _clones.Release();
        }
    }

    public Task<Result<Done>> DeleteAsync(SandboxId id, CancellationToken cancellation) => StorageFaults.GuardAsync<Done>(
        () =>
        {
            if (!Directory.Exists(PathOf(id))) return Done.Value;
            BtrfsCall.DestroySubvolume(PathOf(id));
            if (_quota.Full) SweepTrees();
            return Done.Value;
        },
        cancellation);

    public Task<IReadOnlyList<SandboxId>> ListAsync(CancellationToken cancellation) => Task.FromResult<IReadOnlyList<SandboxId>>(
        [.. Directory.EnumerateDirectories(Sandboxes).Select(path => SandboxId.TryParse(Path.GetFileName(path), out var id) ? id : (SandboxId?)null).OfType<SandboxId>()]);

    public Task<string?> FindAsync(SandboxId id, CancellationToken cancellation) => Task.FromResult(Directory.Exists(PathOf(id)) ? PathOf(id) : null);

    public Task<Result<Done>> LimitAsync(SandboxId id, long diskBytes, CancellationToken cancellation) => StorageFaults.GuardAsync<Done>(
        () =>
        {
            if (!Directory.Exists(PathOf(id))) return StorageFaults.NoClone(id.Value);
            BtrfsCall.Limit(PathOf(id), diskBytes);
            return Done.Value;
        },
        cancellation);

    public Task<Result<long>> MeasureAsync(SandboxId id, CancellationToken cancellation) => StorageFaults.GuardAsync<long>(
        () => Directory.Exists(PathOf(id)) ? _quota.Measure(PathOf(id)) : StorageFaults.NoClone(id.Value), cancellation);

    public PoolUsage MeasurePool() => _room.Measure();

    public async Task<Result<TemplateDraft>> BeginTemplateAsync(string name, CancellationToken cancellation)
    {
        if (!TemplateName.IsValid(name)) return StorageFaults.BadName(name);
        return await StorageFaults.GuardAsync<TemplateDraft>(() => HasRoom() ? _shelf.Begin(name) : StorageFaults.Full(_room.Measure()), cancellation);
    }

    public Task<IReadOnlyList<TemplateTree>> ListTemplatesAsync(CancellationToken cancellation) => Task.FromResult(_shelf.List());

    public Task<Result<Done>> DeleteTemplateAsync(string name, CancellationToken cancellation) => StorageFaults.GuardAsync<Done>(
        () =>
        {
            if (!TemplateName.IsValid(name)) return StorageFaults.BadName(name);
            _shelf.Delete(name);
            SweepTrees();
            return Done.Value;
        },
        cancellation);

    /// <summary>Stops looking after the pool, which stays mounted.</summary>
    public void Dispose()
    {
        _stop?.Cancel();
        _clones.Dispose();
        _spares.Dispose();
        _locks.Dispose();
    }

    private Fault? Full() => HasRoom() ? null : StorageFaults.Full(_room.Measure());

    private Result<string> Clone(string template, SandboxId id, long diskBytes)
    {
        if (!HasRoom()) return StorageFaults.Full(_room.Measure());

        // Once more when the template was replaced and its old tree swept between looking it up and the snapshot.
        for (var attempt = 0; ; attempt++)
        {
            if (_shelf.Find(template) is not { } tree) return StorageFaults.NoTemplate(template);
            try
            {
                if (!_quota.Full && _spares.TryTake(tree.Root, PathOf(id), diskBytes)) return PathOf(id);
                _quota.Clone(tree.Root, PathOf(id), diskBytes);
                return PathOf(id);
            }
            catch (SyscallException gone) when (attempt == 0 && gone.Errno == Errno.NoEntry)
            {
            }
        }
    }

    private bool HasRoom(long bytes = 0)
    {
        lock (_growing)
        {
            if (_room.GrowIfLow()) LogGrown(_room.Measure().TotalBytes >> 20);
        }

        var usage = _room.Measure();
        return usage.FreeBytes - bytes >= usage.ReserveBytes;
    }

    private void SweepTrees()
    {
        // Only full quotas need a template to stay while it has clones.
        var parents = _quota.Full ? Directory.EnumerateDirectories(Sandboxes).Select(clone => BtrfsCall.Inspect(clone).Parent).ToHashSet() : [];
        _shelf.Sweep(root => parents.Count > 0 && Directory.Exists(root) && parents.Contains(BtrfsCall.Inspect(root).Uuid));
    }

    private string PathOf(SandboxId id) => Path.Combine(Sandboxes, id.Value);

    private async Task GrowAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(GrowthCheck, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
            {
                try
                {
                    _ = HasRoom();
                }
                catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
                {
                    LogNotGrown(failure);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The pool is being closed.
        }
    }

    [LoggerMessage(EventId = 2101, Level = LogLevel.Information, Message = "The storage pool was grown; it can hold {Mebibytes} MiB.")]
    private partial void LogGrown(long mebibytes);

    [LoggerMessage(EventId = 2102, Level = LogLevel.Error, Message = "The storage pool could not be grown.")]
    private partial void LogNotGrown(Exception failure);
}
