using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;
using Atoll.Machine.Hosting;
using Atoll.Machine.Storage.Btrfs;
using Atoll.Machine.Storage.Overlay;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Atoll.Machine.Storage.Choosing;

/// <summary>
/// The storage that <c>Storage:Kind</c> names. <c>auto</c> opens a btrfs pool, and falls back to overlay directories when the kernel lacks btrfs or that try fails;
/// once a pool file is there (or a device is named), only btrfs will do, because falling back would hide the sandboxes in it.
/// </summary>
internal sealed class ChosenStorage(IOptions<MachineOptions> machine, IOptions<StorageOptions> options, TimeProvider time, ILogger<BtrfsStorage> log) : ISandboxStorage, IDisposable
{
    private readonly BtrfsStorage _btrfs = new(machine.Value, options.Value, time, log);
    private readonly OverlayStorage _overlay = new(machine.Value, options.Value, time);
    private ISandboxStorage? _chosen;
    private string? _reason;

    public string Kind => Chosen.Kind;

    public string? Limitation => _reason is null ? Chosen.Limitation : $"{Chosen.Limitation} ({_reason})";

    public ICheckpointStorage Checkpoints => Chosen.Checkpoints;

    public IVolumeStorage Volumes => Chosen.Volumes;

    private ISandboxStorage Chosen => _chosen ?? throw new InvalidOperationException("The storage is not open yet: OpenAsync comes first.");

    private bool PoolIsThere => options.Value.Device is not null || File.Exists(Path.Combine(machine.Value.StateDirectory, "pool.img"));

    private bool OverlayIsThere => !PoolIsThere && Directory.Exists(Path.Combine(machine.Value.StateDirectory, "pool", "trees"));

    public async Task<Result<Done>> OpenAsync(CancellationToken cancellation)
    {
        if (options.Value.Kind == StorageOptions.Overlay || (options.Value.Kind == StorageOptions.Auto && OverlayIsThere)) return await OpenAsync(_overlay, cancellation);
        if (options.Value.Kind == StorageOptions.Btrfs || PoolIsThere) return await OpenAsync(_btrfs, cancellation);

        var tried = await OpenAsync(_btrfs, cancellation);
        if (tried.Succeeded) return tried;
        _reason = File.ReadLines("/proc/filesystems").Any(line => line.EndsWith("\tbtrfs", StringComparison.Ordinal))
            ? $"btrfs was tried and failed: {tried.Fault!.Detail}"
            : "this kernel has no btrfs";
        await _btrfs.CloseAsync(erase: true, cancellation);
        return await OpenAsync(_overlay, cancellation);
    }

    /// <summary>Also without having been opened: an uninstall closes, and erases, whichever is there.</summary>
    public async Task<Result<Done>> CloseAsync(bool erase, CancellationToken cancellation)
    {
        var closing = _chosen ?? (OverlayIsThere || options.Value.Kind == StorageOptions.Overlay ? _overlay : _btrfs);
        _chosen = null;
        return await closing.CloseAsync(erase, cancellation);
    }

    public Task<Result<string>> CloneAsync(string template, SandboxId id, long diskBytes, CancellationToken cancellation) =>
        Chosen.CloneAsync(template, id, diskBytes, cancellation);

    public Task<Result<Done>> DeleteAsync(SandboxId id, CancellationToken cancellation) => Chosen.DeleteAsync(id, cancellation);

    public Task<IReadOnlyList<SandboxId>> ListAsync(CancellationToken cancellation) => Chosen.ListAsync(cancellation);

    public Task<string?> FindAsync(SandboxId id, CancellationToken cancellation) => Chosen.FindAsync(id, cancellation);

    public Task<Result<Done>> LimitAsync(SandboxId id, long diskBytes, CancellationToken cancellation) => Chosen.LimitAsync(id, diskBytes, cancellation);

    public Task<Result<long>> MeasureAsync(SandboxId id, CancellationToken cancellation) => Chosen.MeasureAsync(id, cancellation);

    public PoolUsage MeasurePool() => Chosen.MeasurePool();

    public Task<Result<TemplateDraft>> BeginTemplateAsync(string name, CancellationToken cancellation) => Chosen.BeginTemplateAsync(name, cancellation);

    public Task<IReadOnlyList<TemplateTree>> ListTemplatesAsync(CancellationToken cancellation) => Chosen.ListTemplatesAsync(cancellation);

    public Task<Result<Done>> DeleteTemplateAsync(string name, CancellationToken cancellation) => Chosen.DeleteTemplateAsync(name, cancellation);

    public void Dispose()
    {
        _btrfs.Dispose();
        _overlay.Dispose();
    }

    private async Task<Result<Done>> OpenAsync(ISandboxStorage storage, CancellationToken cancellation)
    {
        var opened = await storage.OpenAsync(cancellation);
        if (opened.Succeeded) _chosen = storage;
        return opened;
    }
}
