using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Atoll.Server.Hosting.Native;

/// <summary>Who owns a file of the host's.</summary>
internal static partial class Ownership
{
    /// <summary>Changes the entry itself, never what a symlink points to.</summary>
    public static void Give(string path, int uid, int gid)
    {
        if (LChown(path, uid, gid) != 0) throw new IOException($"lchown({path}): {new Win32Exception(Marshal.GetLastPInvokeError()).Message} (errno {Marshal.GetLastPInvokeError()})");
    }

    [LibraryImport("libc", EntryPoint = "lchown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int LChown(string path, int uid, int gid);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    public static partial int EffectiveUser();
}
