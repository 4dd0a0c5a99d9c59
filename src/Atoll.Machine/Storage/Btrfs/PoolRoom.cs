using Atoll.Machine.Native;

namespace Atoll.Machine.Storage.Btrfs;

/// <summary>
/// How much room the pool has, and growing its file. The file is sparse, so the host's filesystem can run out before the pool does; btrfs would then
/// lose writes and turn read-only. So the file never becomes larger than what the host could give at that moment less the reserve, and
/// <see cref="Measure"/> counts the host's free space too, so that new sandboxes are refused first.
/// </summary>
internal sealed class PoolRoom(BtrfsPool pool, StorageOptions options)
{
    // Grown before less than this is free. Checked each second and before each clone: even 2 GiB written in a second find room.
    private const long LowWater = 4L << 30;
    private const long SmallestReserve = 1L << 30;
    private const long Alignment = 1L << 20;

    public PoolUsage Measure()
    {
        var filesystem = new DriveInfo(pool.Mount);
        if (!pool.OnFile)
        {
            return new PoolUsage(filesystem.TotalSize, filesystem.AvailableFreeSpace, Reserve(filesystem.TotalSize));
        }

        var size = new FileInfo(pool.File).Length;
        var ceiling = Math.Max(size, Ceiling());
        var free = filesystem.AvailableFreeSpace + (ceiling - size);
        return new PoolUsage(ceiling, options.Preallocate ? free : Math.Min(free, HostFree()), Reserve(ceiling));
    }

    /// <summary>Grows the file when it is about to be full and the host can give more. One caller at a time.</summary>
    public bool GrowIfLow()
    {
        if (!pool.OnFile) return false;
        var size = new FileInfo(pool.File).Length;
        if (new DriveInfo(pool.Mount).AvailableFreeSpace >= Math.Min(LowWater, size / 2)) return false;
        var larger = Math.Min(size * 2, Ceiling()) / Alignment * Alignment;
        if (larger <= size) return false;

        // The order makes each step repeatable after a crash: the file, the device, the filesystem.
        using (var file = File.OpenHandle(pool.File, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite))
        {
            RandomAccess.SetLength(file, larger);
        }

        if (options.Preallocate) FileCall.Allocate(pool.File, larger);

        LoopDevice.Grow(LoopDevice.Find(pool.File) ?? throw new InvalidOperationException($"{pool.File} is mounted but on no loop device."));
        BtrfsCall.GrowToDevice(pool.Mount);
        return true;
    }

    private long Ceiling()
    {
        var possible = FileCall.AllocatedBytes(pool.File) + HostFree();
        return Math.Min(options.MaxBytes ?? long.MaxValue, possible - Reserve(possible));
    }

    private long HostFree() => new DriveInfo(Path.GetDirectoryName(pool.File)!).AvailableFreeSpace;

    private long Reserve(long total) => options.ReserveBytes ?? Math.Max(SmallestReserve, total / 20);
}
