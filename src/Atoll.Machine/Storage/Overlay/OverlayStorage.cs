using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;
using Atoll.Machine.Hosting;
using Atoll.Machine.Storage.Trees;

namespace Atoll.Machine.Storage.Overlay;

/// <summary>
/// For kernels without btrfs: template trees are directories, and each sandbox is an overlay on one, its changes on an ext4 image of its own (<see cref="OverlayDisk"/>).
/// A clone costs a mkfs and two mounts, tens of milliseconds. Images are sparse: what they promise together may exceed the host's disk, so the reserve is
/// checked at each clone.
/// </summary>
internal sealed class OverlayStorage(MachineOptions machine, StorageOptions options, TimeProvider time) : ISandboxStorage, IDisposable
{
    private const long SmallestReserve = 1L << 30;
    private readonly string _folder = Path.Combine(machine.StateDirectory, "pool");
    private readonly TemplateShelf _shelf = new(Path.Combine(machine.StateDirectory, "pool"), new DirectoryTree());
    private readonly PoolLocks _locks = new(machine.StateDirectory, time);

    // A clone writes down its lower tree, and a sweep reads what is written down: one after the other, or a tree could go between the two.
    private readonly Lock _trees = new();

    public string Kind => StorageOptions.Overlay;

    public string? Limitation => "overlay directories instead of a btrfs pool: clones take tens of milliseconds, and disk limits can only be raised";

    public ICheckpointStorage Checkpoints { get; } = new NoCheckpoints();

    public IVolumeStorage Volumes => OwnVolumes;

    private string Sandboxes => Path.Combine(_folder, "sandboxes");

    private FolderVolumes OwnVolumes => field ??= new(_folder, () => MeasurePool() is { NearlyFull: true } usage ? StorageFaults.Full(usage) : null);

    public Task<Result<Done>> OpenAsync(CancellationToken cancellation) => StorageFaults.GuardAsync<Done>(
        async () =>
        {
            Directory.CreateDirectory(machine.StateDirectory);
            using var opening = await _locks.OpeningAsync(cancellation);
            Directory.CreateDirectory(_folder);
            File.SetUnixFileMode(_folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            _shelf.Prepare();
            Directory.CreateDirectory(Sandboxes);
            OwnVolumes.Prepare();
            _locks.Use();
            foreach (var half in Directory.EnumerateDirectories(Sandboxes).Where(path => !new OverlayDisk(path).Complete)) Remove(half);
            SweepTrees();
            return Done.Value;
        },
        cancellation);

    public Task<Result<Done>> CloseAsync(bool erase, CancellationToken cancellation) => StorageFaults.GuardAsync<Done>(
        async () =>
        {
            if (!Directory.Exists(machine.StateDirectory)) return Done.Value;
            using var opening = await _locks.OpeningAsync(cancellation);
            if (!await _locks.TryLeaveAsync(cancellation)) return erase ? StorageFaults.Host("Another process uses the pool.", "Stop it first.") : Done.Value;
            if (Directory.Exists(Sandboxes))
            {
                foreach (var sandbox in Directory.EnumerateDirectories(Sandboxes)) new OverlayDisk(sandbox).Unmount();
            }

            if (!erase) return Done.Value;
            if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
            _locks.Erase();
            return Done.Value;
        },
        cancellation);

    public Task<Result<string>> CloneAsync(string template, SandboxId id, long diskBytes, CancellationToken cancellation) => StorageFaults.GuardAsync<string>(
        async () =>
        {
            if (MeasurePool() is { NearlyFull: true } usage) return StorageFaults.Full(usage);
            var folder = PathOf(id);
            var disk = new OverlayDisk(folder);
            var lower = "";
            lock (_trees)
            {
                if (_shelf.Find(template) is not { } tree) return StorageFaults.NoTemplate(template);
                lower = tree.Root;
                Directory.CreateDirectory(folder);
                File.WriteAllText(Path.Combine(folder, OverlayDisk.LowerFile), lower);
            }

            var made = false;
            try
            {
                var formatted = await disk.FormatAsync(diskBytes, cancellation);
                if (!formatted.Succeeded) return formatted.Fault!;
                disk.Mount(lower);
                made = true;
                return disk.Root;
            }
            finally
            {
                if (!made) Remove(folder);
            }
        },
        cancellation);

    public Task<Result<Done>> DeleteAsync(SandboxId id, CancellationToken cancellation) => StorageFaults.GuardAsync<Done>(
        () =>
        {
            if (!Directory.Exists(PathOf(id))) return Done.Value;
            Remove(PathOf(id));
            SweepTrees();
            return Done.Value;
        },
        cancellation);

    public Task<IReadOnlyList<SandboxId>> ListAsync(CancellationToken cancellation) => Task.FromResult<IReadOnlyList<SandboxId>>(
        [.. Directory.EnumerateDirectories(Sandboxes).Select(path => SandboxId.TryParse(Path.GetFileName(path), out var id) ? id : (SandboxId?)null).OfType<SandboxId>()]);

    public async Task<string?> FindAsync(SandboxId id, CancellationToken cancellation)
    {
        var disk = new OverlayDisk(PathOf(id));
        if (!disk.Complete || OverlayDisk.LowerOf(PathOf(id)) is not { } lower) return null;
        if (!disk.Mounted) await Task.Run(() => disk.Mount(lower), cancellation);
        return disk.Root;
    }

    public async Task<Result<Done>> LimitAsync(SandboxId id, long diskBytes, CancellationToken cancellation) =>
        await FindAsync(id, cancellation) is null
            ? StorageFaults.NoClone(id.Value)
            : await StorageFaults.GuardAsync(() => new OverlayDisk(PathOf(id)).GrowAsync(diskBytes, cancellation), cancellation);

    public async Task<Result<long>> MeasureAsync(SandboxId id, CancellationToken cancellation) =>
        await FindAsync(id, cancellation) is null
            ? StorageFaults.NoClone(id.Value)
            : await StorageFaults.GuardAsync<long>(() => new OverlayDisk(PathOf(id)).Measure(), cancellation);

    public PoolUsage MeasurePool()
    {
        var host = new DriveInfo(_folder);
        return new PoolUsage(host.TotalSize, host.AvailableFreeSpace, options.ReserveBytes ?? Math.Max(SmallestReserve, host.TotalSize / 20));
    }

    public async Task<Result<TemplateDraft>> BeginTemplateAsync(string name, CancellationToken cancellation)
    {
        if (!TemplateName.IsValid(name)) return StorageFaults.BadName(name);
        return await StorageFaults.GuardAsync<TemplateDraft>(() => MeasurePool() is { NearlyFull: true } usage ? StorageFaults.Full(usage) : _shelf.Begin(name), cancellation);
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

    public void Dispose() => _locks.Dispose();

    private void SweepTrees()
    {
        lock (_trees)
        {
            var lowers = Directory.EnumerateDirectories(Sandboxes).Select(OverlayDisk.LowerOf).ToHashSet(StringComparer.Ordinal);
            _shelf.Sweep(lowers.Contains);
        }
    }

    private static void Remove(string folder)
    {
        new OverlayDisk(folder).Unmount();
        Directory.Delete(folder, recursive: true);
    }

    private string PathOf(SandboxId id) => Path.Combine(Sandboxes, id.Value);
}
