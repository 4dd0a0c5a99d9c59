namespace Atoll.Machine.Storage;

/// <summary>Where root filesystems are kept. Section <c>Storage</c>.</summary>
public sealed class StorageOptions
{
    public const string Section = "Storage";
    public const string Auto = "auto";
    public const string Btrfs = "btrfs";
    public const string Overlay = "overlay";

    /// <summary><c>auto</c> (btrfs where a real try of it succeeds, else overlay), <c>btrfs</c> or <c>overlay</c>. Default <c>auto</c>.</summary>
    public string Kind { get; set; } = Auto;

    /// <summary>A block device for the btrfs pool: blank, or a pool that Atoll made before. Default: a file <c>pool.img</c> in the state directory.</summary>
    public string? Device { get; set; }

    /// <summary>What the pool file starts with. It is sparse unless <see cref="Preallocate"/> is set: this much is not taken, only promised. 256 MiB and up; default 16 GiB.</summary>
    public long InitialBytes { get; set; } = 16L << 30;

    /// <summary>
    /// Whether the pool file takes its room from the host at once, and keeps it: what else fills the host's disk then never takes room that sandboxes were promised. Without it the
    /// file takes what is used, and gives back what is freed; should the host's disk become full all the same, btrfs turns read-only, and everything on it with it. Default false.
    /// </summary>
    public bool Preallocate { get; set; }

    /// <summary>What the pool file may grow to; the host's filesystem bounds it in any case. Default: no other bound.</summary>
    public long? MaxBytes { get; set; }

    /// <summary>
    /// New sandboxes are refused, and the pool file is not grown, when less than this would stay free, in the pool or on the host's filesystem.
    /// Default: the larger of 1 GiB and 5 % of what the pool can grow to.
    /// </summary>
    public long? ReserveBytes { get; set; }

    /// <summary>How disk limits are counted in btrfs: <c>auto</c> (simple where the kernel has it), <c>simple</c> or <c>full</c>. Default <c>auto</c>.</summary>
    public string Quota { get; set; } = Auto;

    /// <summary>
    /// How many clones of a template are kept made before they are asked for, of the four templates that were last: one costs some 20 KiB of disk and saves 2 ms of a start. 0 to 64;
    /// default 8. Only with btrfs and simple quotas.
    /// </summary>
    public int SpareClones { get; set; } = 8;
}
