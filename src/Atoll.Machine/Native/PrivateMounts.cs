using System.Runtime.InteropServices;

namespace Atoll.Machine.Native;

/// <summary>A mount namespace for the calling thread alone, and what it spawns: unshare(2) and mount(2).</summary>
internal static partial class PrivateMounts
{
    private const int NewMountNamespace = 0x20000;
    private const nuint RecursiveSlave = 0x4000 | 0x80000;
    private const nuint Bind = 0x1000;
    private const nuint RemountReadOnlyProgram = 0x1 | 0x2 | 0x4 | 0x20 | Bind;
    private const nuint ReadOnlyBare = 0x1 | 0x2 | 0x4 | 0x8;

    /// <summary>
    /// For a thread that ends afterwards: there is no way back. Slave, not private: what the host unmounts later goes away here too, so that nothing
    /// keeps the host's file systems busy.
    /// </summary>
    public static void Enter()
    {
        if (Unshare(NewMountNamespace) < 0) throw SyscallException.Last("unshare", "CLONE_NEWNS");
        if (Mount(null, "/", null, RecursiveSlave, null) < 0) throw SyscallException.Last("mount", "/ as slave");
    }

    public static void CoverWithNothing(string path)
    {
        if (Mount("none", path, "tmpfs", ReadOnlyBare, null) < 0) throw SyscallException.Last("mount", path);
    }

    /// <summary>Programs in this folder may be run, whatever the file system that it lies on was mounted with.</summary>
    public static void MakeExecutable(string folder)
    {
        if (Mount(folder, folder, null, Bind, null) < 0) throw SyscallException.Last("mount", $"{folder} on itself");
        if (Mount(null, folder, null, RemountReadOnlyProgram, null) < 0) throw SyscallException.Last("mount", $"{folder} with exec");
    }

    [LibraryImport("libc", EntryPoint = "unshare", SetLastError = true)]
    private static partial int Unshare(int flags);

    [LibraryImport("libc", EntryPoint = "mount", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Mount(string? source, string target, string? type, nuint flags, string? data);
}
