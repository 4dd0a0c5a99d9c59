using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Atoll.Agent.Files.Native;

/// <summary>
/// Files and directories by descriptor and name. Names are bytes without NUL, at most 4,095 of them. Every call returns 0 (or what it made) and an errno;
/// none throws, because what an errno means depends on who asked.
/// </summary>
internal static unsafe partial class FileCalls
{
    private const int NoFollowFlag = 0x100;
    private const int RemoveDirectoryFlag = 0x200;
    private const int EmptyPathFlag = 0x1000;
    private const uint BasicStats = 0x7FF;
    private const int PathBuffer = 4096;

    [SkipLocalsInit]
    public static Descriptor? Open(Descriptor at, ReadOnlySpan<byte> name, OpenFlags flags, uint mode, out int errno)
    {
        errno = Errno.NameTooLong;
        var path = stackalloc byte[PathBuffer];
        if (!Terminate(name, path)) return null;
        int number;
        do
        {
            number = openat(at.Number, path, (int)flags, mode);
            errno = number < 0 ? Marshal.GetLastPInvokeError() : 0;
        }
        while (errno == Errno.Interrupted);
        return number < 0 ? null : new Descriptor(number);
    }

    [SkipLocalsInit]
    public static int Status(Descriptor at, ReadOnlySpan<byte> name, bool follow, out FileStatus status)
    {
        status = default;
        var path = stackalloc byte[PathBuffer];
        if (!Terminate(name, path)) return Errno.NameTooLong;
        fixed (FileStatus* into = &status) return Outcome(statx(at.Number, path, follow ? 0 : NoFollowFlag, BasicStats, into));
    }

    public static int Status(Descriptor file, out FileStatus status)
    {
        byte empty = 0;
        fixed (FileStatus* into = &status) return Outcome(statx(file.Number, &empty, EmptyPathFlag, BasicStats, into));
    }

    [SkipLocalsInit]
    public static byte[]? ReadLink(Descriptor at, ReadOnlySpan<byte> name, out int errno)
    {
        errno = Errno.NameTooLong;
        var path = stackalloc byte[PathBuffer];
        if (!Terminate(name, path)) return null;
        var target = stackalloc byte[PathBuffer];
        var length = readlinkat(at.Number, path, target, PathBuffer);
        errno = length < 0 ? Marshal.GetLastPInvokeError() : 0;
        return length < 0 ? null : new ReadOnlySpan<byte>(target, (int)length).ToArray();
    }

    [SkipLocalsInit]
    public static int MakeDirectory(Descriptor at, ReadOnlySpan<byte> name, uint mode)
    {
        var path = stackalloc byte[PathBuffer];
        return Terminate(name, path) ? Outcome(mkdirat(at.Number, path, mode)) : Errno.NameTooLong;
    }

    [SkipLocalsInit]
    public static int MakeFifo(Descriptor at, ReadOnlySpan<byte> name, uint mode)
    {
        var path = stackalloc byte[PathBuffer];
        return Terminate(name, path) ? Outcome(mknodat(at.Number, path, (uint)FileType.Fifo | mode, 0)) : Errno.NameTooLong;
    }

    [SkipLocalsInit]
    public static int MakeSymlink(ReadOnlySpan<byte> target, Descriptor at, ReadOnlySpan<byte> name)
    {
        var path = stackalloc byte[PathBuffer];
        var content = stackalloc byte[PathBuffer];
        return Terminate(name, path) && Terminate(target, content) ? Outcome(symlinkat(content, at.Number, path)) : Errno.NameTooLong;
    }

    [SkipLocalsInit]
    public static int Link(Descriptor fromAt, ReadOnlySpan<byte> from, Descriptor toAt, ReadOnlySpan<byte> to)
    {
        var old = stackalloc byte[PathBuffer];
        var path = stackalloc byte[PathBuffer];
        return Terminate(from, old) && Terminate(to, path) ? Outcome(linkat(fromAt.Number, old, toAt.Number, path, 0)) : Errno.NameTooLong;
    }

    [SkipLocalsInit]
    public static int Remove(Descriptor at, ReadOnlySpan<byte> name, bool directory)
    {
        var path = stackalloc byte[PathBuffer];
        return Terminate(name, path) ? Outcome(unlinkat(at.Number, path, directory ? RemoveDirectoryFlag : 0)) : Errno.NameTooLong;
    }

    [SkipLocalsInit]
    public static int Rename(Descriptor fromAt, ReadOnlySpan<byte> from, Descriptor toAt, ReadOnlySpan<byte> to, bool replace)
    {
        var old = stackalloc byte[PathBuffer];
        var path = stackalloc byte[PathBuffer];
        if (!Terminate(from, old) || !Terminate(to, path)) return Errno.NameTooLong;
        return Outcome(renameat2(fromAt.Number, old, toAt.Number, path, replace ? 0u : 1u));
    }

    /// <summary>Follows a symlink only if asked; one that is not followed is <see cref="Errno.NotSupported"/>.</summary>
    [SkipLocalsInit]
    public static int ChangeMode(Descriptor at, ReadOnlySpan<byte> name, uint mode, bool follow)
    {
        var path = stackalloc byte[PathBuffer];
        return Terminate(name, path) ? Outcome(fchmodat(at.Number, path, mode, follow ? 0 : NoFollowFlag)) : Errno.NameTooLong;
    }

    public static int ChangeMode(Descriptor file, uint mode) => Outcome(fchmod(file.Number, mode));

    /// <summary>Of a symlink, the link itself.</summary>
    [SkipLocalsInit]
    public static int ChangeOwner(Descriptor at, ReadOnlySpan<byte> name, Ownership owner)
    {
        var path = stackalloc byte[PathBuffer];
        return Terminate(name, path) ? Outcome(fchownat(at.Number, path, owner.Uid, owner.Gid, NoFollowFlag)) : Errno.NameTooLong;
    }

    public static int ChangeOwner(Descriptor file, Ownership owner) => Outcome(fchown(file.Number, owner.Uid, owner.Gid));

    /// <summary>Of a symlink, the link itself.</summary>
    [SkipLocalsInit]
    public static int ChangeTimes(Descriptor at, ReadOnlySpan<byte> name, FileTime accessed, FileTime modified)
    {
        var path = stackalloc byte[PathBuffer];
        if (!Terminate(name, path)) return Errno.NameTooLong;
        var times = stackalloc long[4] { accessed.Seconds, accessed.Nanoseconds, modified.Seconds, modified.Nanoseconds };
        return Outcome(utimensat(at.Number, path, times, NoFollowFlag));
    }

    private static int Outcome(int result) => result < 0 ? Marshal.GetLastPInvokeError() : 0;

    private static bool Terminate(ReadOnlySpan<byte> name, byte* buffer)
    {
        if (name.Length >= PathBuffer) return false;
        name.CopyTo(new Span<byte>(buffer, PathBuffer));
        buffer[name.Length] = 0;
        return true;
    }

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int descriptor);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int openat(int at, byte* path, int flags, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int statx(int at, byte* path, int flags, uint mask, FileStatus* status);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint readlinkat(int at, byte* path, byte* target, nint size);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int mkdirat(int at, byte* path, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int mknodat(int at, byte* path, uint mode, ulong device);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int symlinkat(byte* target, int at, byte* path);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int linkat(int fromAt, byte* from, int toAt, byte* to, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int unlinkat(int at, byte* path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int renameat2(int fromAt, byte* from, int toAt, byte* to, uint flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fchmodat(int at, byte* path, uint mode, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fchmod(int file, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fchownat(int at, byte* path, uint uid, uint gid, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fchown(int file, uint uid, uint gid);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int utimensat(int at, byte* path, long* times, int flags);
}
