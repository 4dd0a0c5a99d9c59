namespace Atoll.Core.Machines;

/// <summary>What stands under a path.</summary>
public enum DiskEntryKind
{
    File,
    Directory,
    Symlink,

    /// <summary>A device, FIFO or socket.</summary>
    Other,
}
