using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Atoll.Machine.Native.Namespaces;

/// <summary>
/// Gives a process that has a mount namespace of its own another root directory: pivot_root(2) changes the root of every process that had the old one. The new mounts are cloned on the host's side
/// (open_tree), made private and read-only there (mount_setattr), and attached on the other (move_mount): Linux 5.12.
/// </summary>
internal static unsafe partial class RootSwap
{
    private const long SysOpenTree = 428, SysMoveMount = 429, SysOpenAt2 = 437, SysSetAttributes = 442;
    private const int CurrentDirectory = -100;
    private const uint CloneTree = 1;
    private const uint CloseOnExec = 0x80000;
    private const uint EmptyPath = 0x1000;
    private const uint FromDescriptor = 0x04;
    private const uint ToDescriptor = 0x40;
    private const ulong ReadOnly = 1, NoSetUserId = 2, NoDevices = 4, NoPrograms = 8;
    private const ulong Private = 1 << 18;
    private const ulong PathOnly = 0x20_0000;
    private const ulong NoCrossing = 0x01 | 0x02 | 0x04 | 0x08;
    private const int AttributesBytes = 32;
    private const int ShareFileSystem = 0x200;
    private const int NewMounts = 0x2_0000;

    private static long SysPivotRoot => RuntimeInformation.ProcessArchitecture is Architecture.Arm64 ? 41 : 155;

    /// <param name="process">It trusts us with its root, and uses nothing of the old one any more. There is a folder <c>/dev</c> in that.</param>
    /// <param name="root">The new one, on the host. Nothing in it is followed.</param>
    /// <exception cref="SyscallException">It may be left without what should be mounted in it.</exception>
    public static void Replace(int process, string root, IReadOnlyList<ReadOnlyMount> mounts) => OwnThread.Run("root swap", () => ReplaceHere(process, root, mounts));

    private static int ReplaceHere(int process, string root, IReadOnlyList<ReadOnlyMount> mounts)
    {
        using var old = FileCall.Open($"/proc/{process}/root");
        using var space = File.OpenHandle($"/proc/{process}/ns/mnt");
        using var tree = Clone(root, set: 0, clear: 0);
        var clones = mounts.Select(mount => (mount.Target, Tree: Clone(mount.Source, ReadOnly | NoSetUserId | NoDevices, mount.Programs ? NoPrograms : 0))).ToArray();
        try
        {
            Check(NamespaceCalls.Unshare(ShareFileSystem), "unshare", "CLONE_FS");
            Check(NamespaceCalls.SetNamespace(space, NewMounts), "setns", $"mounts of {process}");
            Check(ChangeDirectory(old), "fchdir", "old root");
            Check(ChangeRoot("."), "chroot", "old root");
            Check((int)MoveMount(SysMoveMount, tree, "", CurrentDirectory, "/dev", FromDescriptor), "move_mount", root);
            Check(ChangeDirectory(tree), "fchdir", root);
            Check((int)PivotRoot(SysPivotRoot, ".", "."), "pivot_root", root);
            Check(NamespaceCalls.Unmount(".", NamespaceCalls.Detach), "umount", "old root");
            foreach (var (target, clone) in clones)
            {
                using var place = OpenPath(tree, target);
                Check((int)MoveMountTo(SysMoveMount, clone, "", place, "", FromDescriptor | ToDescriptor), "move_mount", target);
            }
        }
        finally
        {
            foreach (var (_, clone) in clones) clone.Dispose();
        }

        return 0;
    }

    /// <summary>Private: what is mounted in it later is not mounted on the host as well.</summary>
    private static SafeFileHandle Clone(string path, ulong set, ulong clear)
    {
        var descriptor = (int)OpenTree(SysOpenTree, CurrentDirectory, path, CloneTree | CloseOnExec);
        Check(descriptor, "open_tree", path);
        var tree = new SafeFileHandle(descriptor, ownsHandle: true);

        // struct mount_attr: to set, to clear, propagation, user namespace.
        var attributes = stackalloc ulong[4] { set, clear, Private, 0 };
        if (SetAttributes(SysSetAttributes, tree, "", EmptyPath, attributes, AttributesBytes) >= 0) return tree;
        var refused = SyscallException.Last("mount_setattr", path);
        tree.Dispose();
        throw refused;
    }

    private static SafeFileHandle OpenPath(SafeFileHandle tree, string path)
    {
        var how = stackalloc ulong[3] { PathOnly | CloseOnExec, 0, NoCrossing };
        var descriptor = (int)OpenAt2(SysOpenAt2, tree, path, how, 24);
        Check(descriptor, "openat2", path);
        return new SafeFileHandle(descriptor, ownsHandle: true);
    }

    private static void Check(int result, string call, string subject)
    {
        if (result < 0) throw SyscallException.Last(call, subject);
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial long OpenTree(long number, int directory, string path, uint flags);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial long SetAttributes(long number, SafeFileHandle tree, string path, uint flags, ulong* attributes, nuint size);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial long MoveMount(long number, SafeFileHandle from, string fromPath, int to, string toPath, uint flags);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial long MoveMountTo(long number, SafeFileHandle from, string fromPath, SafeFileHandle to, string toPath, uint flags);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial long OpenAt2(long number, SafeFileHandle directory, string path, ulong* how, nuint size);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial long PivotRoot(long number, string root, string old);

    [LibraryImport("libc", EntryPoint = "fchdir", SetLastError = true)]
    private static partial int ChangeDirectory(SafeFileHandle folder);

    [LibraryImport("libc", EntryPoint = "chroot", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChangeRoot(string path);
}
