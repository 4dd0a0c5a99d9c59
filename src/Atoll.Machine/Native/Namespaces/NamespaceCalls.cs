using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Atoll.Machine.Native.Namespaces;

/// <summary>System calls on namespaces and the bind mounts that keep them.</summary>
internal static partial class NamespaceCalls
{
    public const int NewNetwork = 0x40000000;
    public const nuint Bind = 0x1000;
    public const int Detach = 2;

    [LibraryImport("libc", EntryPoint = "unshare", SetLastError = true)]
    public static partial int Unshare(int flags);

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    public static partial int SetNamespace(SafeFileHandle file, int type);

    [LibraryImport("libc", EntryPoint = "mount", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Mount(string source, string target, string? type, nuint flags, nint data);

    [LibraryImport("libc", EntryPoint = "umount2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Unmount(string target, int flags);
}
