using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Atoll.Machine.Native;

/// <summary>
/// Files below a directory that nobody trusts, worked with as if that directory were the root of all: openat2(2) with RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV, so that absolute
/// paths, <c>..</c> and symlinks end within it, whoever changes them meanwhile. What is made, renamed or removed is named by one component relative to an open directory, and no link in its place is
/// followed. Paths and names are the kernel's bytes. Threads: any.
/// </summary>
internal sealed unsafe partial class RootedFiles : IDisposable
{
    public const ulong ReadOnly = 0;
    public const ulong WriteOnly = 1;
    public const ulong NonBlocking = 0x800;
    public const ulong PathOnly = 0x200000;

    /// <summary>openat2(2): a path with <c>..</c> in it, while somebody renames.</summary>
    private const int MostTries = 100;

    private const long SysOpenAt2 = 437;
    private const ulong CloseOnExec = 0x80000;
    private const ulong NoTerminal = 0x100;
    private const ulong Unnamed = 0x400000;
    private const ulong NoXdev = 0x01;
    private const ulong NoMagicLinks = 0x02;
    private const ulong InRoot = 0x10;
    private const int EmptyPath = 0x1000;
    private const int RemoveDirectoryFlag = 0x200;
    private const uint BasicStats = 0x7ff;
    private const int EntryBuffer = 32 * 1024;
    private const int EntryHeader = 19;
    private const int LinkBytes = 4096;
    private static readonly bool Arm = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;
    private readonly SafeFileHandle _root;

    /// <param name="root">A directory of the host's own, by a path that is trusted.</param>
    public RootedFiles(string root) => _root = FileCall.Open(root);

    /// <param name="root">An open directory, which is then its root; closed with it.</param>
    public RootedFiles(SafeFileHandle root) => _root = root;

    // These two differ between architectures (asm/fcntl.h).
    public static ulong DirectoryOnly => Arm ? 0x4000u : 0x10000u;

    public static ulong NoFollow => Arm ? 0x8000u : 0x20000u;

    private static long SysGetEntries => Arm ? 61 : 217;

    /// <param name="path">From the root; empty is the root itself.</param>
    public SafeFileHandle Open(ReadOnlySpan<byte> path, ulong flags) => Open(_root, path.IsEmpty ? "."u8 : path, (flags & PathOnly) != 0 ? flags : flags | NoTerminal, 0);

    /// <summary>A directory in an open one, by its name.</summary>
    public static SafeFileHandle OpenChild(SafeFileHandle folder, ReadOnlySpan<byte> name) => Open(folder, name, DirectoryOnly | NoFollow, 0);

    /// <summary>A file without a name, on the directory's file system, which goes by itself unless it is given one.</summary>
    public static SafeFileHandle OpenUnnamed(SafeFileHandle folder) => Open(folder, "."u8, WriteOnly | Unnamed | DirectoryOnly, 0x180);

    public static FileStatus StatusOf(SafeFileHandle handle)
    {
        var stat = stackalloc byte[256];
        fixed (byte* empty = "\0"u8) Check(StatX(handle, empty, EmptyPath, BasicStats, stat), "statx");
        return new(
            *(ushort*)(stat + 28), *(uint*)(stat + 20), *(uint*)(stat + 24), *(long*)(stat + 40),
            (*(long*)(stat + 64), *(uint*)(stat + 72)), (*(long*)(stat + 96), *(uint*)(stat + 104)), (*(long*)(stat + 112), *(uint*)(stat + 120)));
    }

    /// <summary>What a symlink says, of one opened with <see cref="PathOnly"/> and <see cref="NoFollow"/>.</summary>
    public static byte[] TargetOf(SafeFileHandle link)
    {
        var buffer = new byte[LinkBytes];
        fixed (byte* empty = "\0"u8, text = buffer)
        {
            var length = ReadLinkAt(link, empty, text, LinkBytes);
            return length < 0 ? throw SyscallException.Last("readlinkat", "volume") : buffer[..(int)length];
        }
    }

    /// <summary>Shows the names in a directory one by one, until <paramref name="visit"/> says false.</summary>
    /// <param name="folder">Not opened with <see cref="PathOnly"/>.</param>
    public static void Visit(SafeFileHandle folder, Func<byte[], bool> visit)
    {
        var buffer = new byte[EntryBuffer];
        fixed (byte* start = buffer)
        {
            long count;
            while ((count = GetEntries(SysGetEntries, folder, start, EntryBuffer)) > 0)
            {
                // struct linux_dirent64: inode, offset, length of the record, type, name and its NUL.
                for (long at = 0; at < count; at += *(ushort*)(start + at + 16))
                {
                    var name = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(start + at + EntryHeader);
                    if (!name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8) && !visit(name.ToArray())) return;
                }
            }

            if (count < 0) throw SyscallException.Last("getdents64", "volume");
        }
    }

    public static void MakeDirectory(SafeFileHandle folder, ReadOnlySpan<byte> name)
    {
        fixed (byte* text = Terminated(name)) Check(MakeDirectoryAt(folder, text, 0x1C0), "mkdirat");
    }

    public static void Remove(SafeFileHandle folder, ReadOnlySpan<byte> name, bool directory)
    {
        fixed (byte* text = Terminated(name)) Check(UnlinkAt(folder, text, directory ? RemoveDirectoryFlag : 0), "unlinkat");
    }

    /// <summary>Gives an unnamed file a name that is free.</summary>
    public static void Name(SafeFileHandle file, SafeFileHandle folder, ReadOnlySpan<byte> name)
    {
        fixed (byte* empty = "\0"u8, text = Terminated(name)) Check(LinkAt(file, empty, folder, text, EmptyPath), "linkat");
    }

    /// <summary>Within one directory; a file or symlink of the new name is replaced.</summary>
    public static void Rename(SafeFileHandle folder, ReadOnlySpan<byte> from, ReadOnlySpan<byte> to)
    {
        fixed (byte* before = Terminated(from), after = Terminated(to)) Check(RenameAt(folder, before, folder, after, 0), "renameat2");
    }

    /// <summary>Owner first: changing it clears set-id bits.</summary>
    public static void Give(SafeFileHandle file, uint user, uint group, uint mode)
    {
        fixed (byte* empty = "\0"u8) Check(ChangeOwnerAt(file, empty, user, group, EmptyPath), "fchownat");
        Check(ChangeMode(file, mode), "fchmod");
    }

    public static void Sync(SafeFileHandle file) => Check(FileSync(file), "fsync");

    public void Dispose() => _root.Dispose();

    private static SafeFileHandle Open(SafeFileHandle folder, ReadOnlySpan<byte> path, ulong flags, ulong mode)
    {
        var how = stackalloc ulong[3] { flags | CloseOnExec, mode, InRoot | NoMagicLinks | NoXdev };
        fixed (byte* text = Terminated(path))
        {
            for (var attempt = 1; ; attempt++)
            {
                var descriptor = OpenAt2(SysOpenAt2, (int)folder.DangerousGetHandle(), text, how, 24);
                if (descriptor >= 0) return new SafeFileHandle((nint)descriptor, ownsHandle: true);
                if (Marshal.GetLastPInvokeError() != Errno.TryAgain || attempt == MostTries) throw SyscallException.Last("openat2", "volume");
            }
        }
    }

    private static byte[] Terminated(ReadOnlySpan<byte> text) => [.. text, 0];

    private static void Check(int result, string call)
    {
        if (result < 0) throw SyscallException.Last(call, "volume");
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long OpenAt2(long number, int directory, byte* name, ulong* how, nuint size);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true)]
    private static partial int StatX(SafeFileHandle directory, byte* name, int flags, uint mask, byte* stat);

    [LibraryImport("libc", EntryPoint = "readlinkat", SetLastError = true)]
    private static partial nint ReadLinkAt(SafeFileHandle directory, byte* name, byte* buffer, nint size);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long GetEntries(long number, SafeFileHandle directory, byte* buffer, nuint size);

    [LibraryImport("libc", EntryPoint = "mkdirat", SetLastError = true)]
    private static partial int MakeDirectoryAt(SafeFileHandle directory, byte* name, uint mode);

    [LibraryImport("libc", EntryPoint = "unlinkat", SetLastError = true)]
    private static partial int UnlinkAt(SafeFileHandle directory, byte* name, int flags);

    [LibraryImport("libc", EntryPoint = "linkat", SetLastError = true)]
    private static partial int LinkAt(SafeFileHandle file, byte* empty, SafeFileHandle directory, byte* name, int flags);

    [LibraryImport("libc", EntryPoint = "renameat2", SetLastError = true)]
    private static partial int RenameAt(SafeFileHandle from, byte* before, SafeFileHandle to, byte* after, uint flags);

    [LibraryImport("libc", EntryPoint = "fchownat", SetLastError = true)]
    private static partial int ChangeOwnerAt(SafeFileHandle directory, byte* name, uint user, uint group, int flags);

    [LibraryImport("libc", EntryPoint = "fchmod", SetLastError = true)]
    private static partial int ChangeMode(SafeFileHandle file, uint mode);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FileSync(SafeFileHandle file);

    /// <summary>What statx(2) says of an entry.</summary>
    public readonly record struct FileStatus(
        ushort Mode, uint User, uint Group, long Size, (long Seconds, uint Nanoseconds) Accessed, (long Seconds, uint Nanoseconds) Changed, (long Seconds, uint Nanoseconds) Modified)
    {
        public int Type => Mode & 0xF000;

        public bool IsDirectory => Type == 0x4000;

        public bool IsFile => Type == 0x8000;

        public bool IsLink => Type == 0xA000;
    }
}
