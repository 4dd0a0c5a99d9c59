using System.Runtime.InteropServices;

namespace Atoll.Machine.Native;

/// <summary>lchown(2).</summary>
internal static partial class Ownership
{
    public static void Give(string path, uint owner)
    {
        if (Lchown(path, owner, owner) < 0) throw SyscallException.Last("lchown", path);
    }

    [LibraryImport("libc", EntryPoint = "lchown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Lchown(string path, uint owner, uint group);
}
