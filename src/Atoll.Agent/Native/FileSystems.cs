using System.Runtime.InteropServices;

namespace Atoll.Agent.Native;

/// <summary>Sizes of file systems.</summary>
internal static unsafe partial class FileSystems
{
    /// <summary>Total bytes, and those that are free to others than root.</summary>
    public static (ulong Total, ulong Free) Measure(string path)
    {
        // struct statvfs (statvfs(3), x86-64): f_bsize, f_frsize, f_blocks, f_bfree, f_bavail, …; 112 bytes.
        var answer = stackalloc ulong[16];
        return Ask(path, answer) == 0 ? (answer[2] * answer[1], answer[4] * answer[1]) : (0, 0);
    }

    [LibraryImport("libc", EntryPoint = "statvfs", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Ask(string path, ulong* answer);
}
