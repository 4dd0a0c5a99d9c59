namespace Atoll.Machine.Images;

internal static class HostRoom
{
    /// <summary>Free bytes of the filesystem that a directory is in.</summary>
    public static long FreeBytes(string directory) => new DriveInfo(directory).AvailableFreeSpace;
}
