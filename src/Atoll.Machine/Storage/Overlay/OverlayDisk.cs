using Atoll.Core.Faults;
using Atoll.Machine.Hosting;
using Atoll.Machine.Native;

namespace Atoll.Machine.Storage.Overlay;

/// <summary>
/// One sandbox's disk: <c>disk.img</c> (sparse ext4, as large as the limit, so the limit is the filesystem's own), mounted on <c>disk</c>, which holds the upper and
/// work directories of the overlay on <c>root</c>; <c>lower</c> names the template's tree. All mounts are <c>nodev</c>, and private.
/// <para>The filesystem's own structures come out of the limit: about 2 % of it, at least 1.5 MiB.</para>
/// </summary>
internal sealed class OverlayDisk(string folder)
{
    public const string LowerFile = "lower";
    private const ulong Flags = MountCall.NoDevices | MountCall.NoAccessTime;
    private const long LargeBlocksFrom = 512L << 20;
    private static readonly TimeSpan ToolLimit = TimeSpan.FromMinutes(1);

    public string Root { get; } = Path.Combine(folder, "root");

    private string Image => Path.Combine(folder, "disk.img");

    private string Disk => Path.Combine(folder, "disk");

    public bool Complete => File.Exists(Image);

    public bool Mounted => MountCall.TypeAt(Root) == "overlay";

    public long ImageBytes => new FileInfo(Image).Length;

    public static string? LowerOf(string folder)
    {
        var path = Path.Combine(folder, LowerFile);
        return File.Exists(path) ? File.ReadAllText(path) : null;
    }

    /// <summary>The image gets its name last: a folder without one is half-made.</summary>
    public async Task<Result<Done>> FormatAsync(long bytes, CancellationToken cancellation)
    {
        var blank = Image + ".new";
        await using (var file = File.Open(blank, FileMode.Create))
        {
            file.SetLength(bytes);
        }

        File.SetUnixFileMode(blank, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        // The least that there may be: 1,024 blocks, which are of 4 KiB from 512 MiB on and of 1 KiB below.
        var journal = bytes < LargeBlocksFrom ? "size=1" : "size=4";
        var made = await HostCommand.RunAsync(["mkfs.ext4", "-q", "-F", "-m", "0", "-J", journal, "-E", "nodiscard,lazy_itable_init=1", blank], ToolLimit, cancellation);
        if (!made.Succeeded) return StorageFaults.Host(made.Summary, "Install the package e2fsprogs; a disk must be at least 8 MiB.");
        FileCall.Rename(blank, Image);
        return Done.Value;
    }

    /// <summary>Mounts what is not mounted: all of it for a new clone and after a restart of the host.</summary>
    public void Mount(string lower)
    {
        Directory.CreateDirectory(Disk);
        Directory.CreateDirectory(Root);
        if (MountCall.TypeAt(Disk) is null) MountImage();
        var (upper, work) = (Path.Combine(Disk, "upper"), Path.Combine(Disk, "work"));
        if (!Directory.Exists(upper))
        {
            Directory.CreateDirectory(upper);
            File.SetUnixFileMode(upper, File.GetUnixFileMode(lower));
        }

        Directory.CreateDirectory(work);
        if (!Mounted) MountCall.Mount("overlay", Root, "overlay", Flags, $"lowerdir={lower},upperdir={upper},workdir={work}");
    }

    /// <summary>Lazily: what a dying process still holds must not keep a deleted sandbox's tree visible. The loop device goes with the last user.</summary>
    public void Unmount()
    {
        MountCall.Unmount(Root, lazily: true);
        MountCall.Unmount(Disk, lazily: true);
    }

    public async Task<Result<Done>> GrowAsync(long bytes, CancellationToken cancellation)
    {
        if (bytes < ImageBytes)
        {
            return new Fault(FaultCode.NotSupported, FaultSide.Host, FaultStage.Storage, "This storage (overlay) cannot lower a disk limit while the sandbox lives.", "Create a new sandbox with the lower limit.");
        }

        using (var file = File.OpenHandle(Image, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite))
        {
            RandomAccess.SetLength(file, bytes);
        }

        var device = LoopDevice.Find(Image) ?? throw new InvalidOperationException($"{Image} is mounted but on no loop device.");
        LoopDevice.Grow(device);
        var grown = await HostCommand.RunAsync(["resize2fs", device], ToolLimit, cancellation);
        return grown.Succeeded ? Done.Value : StorageFaults.Host(grown.Summary, "Growing an ext4 disk needs CAP_SYS_RESOURCE: see CapEff in /proc/self/status.");
    }

    /// <summary>What is taken of the disk, the filesystem's own structures left out as far as it does so itself.</summary>
    public long Measure()
    {
        FileCall.SyncFilesystem(Disk);
        var filesystem = new DriveInfo(Disk);
        return filesystem.TotalSize - filesystem.TotalFreeSpace;
    }

    private void MountImage()
    {
        if (LoopDevice.Find(Image) is { } attached)
        {
            MountCall.Mount(attached, Disk, "ext4", Flags, "");
            return;
        }

        var (handle, device) = LoopDevice.Attach(Image);
        using (handle)
        {
            MountCall.Mount(device, Disk, "ext4", Flags, "");
        }
    }
}
