using System.Runtime.InteropServices;

namespace Atoll.Machine.Native;

/// <summary>mount(2) and umount2(2).</summary>
internal static partial class MountCall
{
    public const ulong NoDevices = 4;
    public const ulong NoAccessTime = 1024;
    private const ulong Private = 1 << 18;
    private const int Detach = 2;

    /// <summary>Mounts, and makes the mount private: what is mounted below it later does not spread to other mount namespaces.</summary>
    public static void Mount(string source, string target, string type, ulong flags, string data)
    {
        if (mount(source, target, type, flags, data) != 0) throw SyscallException.Last($"mount {type}", target);
        if (mount("none", target, null, Private, null) != 0) throw SyscallException.Last("mount private", target);
    }

    /// <summary>
    /// Unmounts; with <paramref name="lazily"/> it leaves the tree at once and is gone for good when its last user is. What is not mounted is no failure.
    /// </summary>
    public static void Unmount(string target, bool lazily)
    {
        if (umount2(target, lazily ? Detach : 0) == 0) return;
        if (Marshal.GetLastPInvokeError() is Errno.Invalid or Errno.NoEntry) return;
        throw SyscallException.Last("umount", target);
    }

    /// <summary>What is mounted exactly there, by filesystem type; null when nothing is. The topmost of several wins.</summary>
    public static string? TypeAt(string target)
    {
        // proc(5) mountinfo: id parent major:minor root mountpoint options [fields...] - type source options; blanks in paths are \040.
        var sought = target.Replace(" ", "\\040", StringComparison.Ordinal);
        string? type = null;
        foreach (var line in File.ReadLines("/proc/self/mountinfo"))
        {
            var fields = line.Split(' ');
            if (fields[4] == sought) type = fields[Array.IndexOf(fields, "-") + 1];
        }

        return type;
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mount(string source, string target, string? type, ulong flags, string? data);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int umount2(string target, int flags);
}
