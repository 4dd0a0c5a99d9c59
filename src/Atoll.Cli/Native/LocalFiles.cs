using System.Runtime.InteropServices;
using Atoll.Client.Files;
using Microsoft.Win32.SafeHandles;

namespace Atoll.Cli.Native;

/// <summary>
/// Local files by the bytes of their names, which need not be UTF-8; .NET's own calls would have us work on another file than the one that is meant. Paths are <see cref="PathText"/>.
/// Nothing here follows a symlink at a path's end.
/// </summary>
internal static unsafe partial class LocalFiles
{
    private const int AtCurrentFolder = -100;
    private const int NoFollow = 0x100;
    private const uint BasicStats = 0x7FF;
    private const int ReadFlags = 0x80000 | 0x20000 | 0x800 | 0x100;          // O_CLOEXEC, O_NOFOLLOW, O_NONBLOCK, O_NOCTTY
    private const int NewFileFlags = 0x80000 | 0x20000 | 0x40 | 0x80 | 0x2;   // O_CLOEXEC, O_NOFOLLOW, O_CREAT, O_EXCL, O_RDWR
    private const int NotALink = 0x20000;
    private const int OwnerOnly = 0x180;
    private const int NewFolder = 0x1FF;
    private const int PathBuffer = 4096;
    private const int NameOffset = 19;
    private const int SeekData = 3;
    private const int SeekHole = 4;
    private const int Enoent = 2;
    private const int Enotdir = 20;
    private const int Enxio = 6;

    /// <summary>What is there; null when nothing is.</summary>
    public static LocalEntry? Look(string path) => Look(path, NoFollow);

    /// <summary>What is there, or what a symlink there leads to; null when nothing is.</summary>
    public static LocalEntry? Follow(string path) => Look(path, 0);

    public static bool IsFolder(string path) => Follow(path) is { Kind: LocalKind.Folder };

    private static LocalEntry? Look(string path, int flags)
    {
        Status status;
        fixed (byte* name = Terminated(path))
        {
            if (statx(AtCurrentFolder, name, flags, BasicStats, &status) == 0)
                return new LocalEntry((LocalKind)(status.Mode & 0xF000), status.Mode & 0xFFF, (long)status.Size, status.Links, (status.Major, status.Minor, status.Inode), DateTimeOffset.FromUnixTimeSeconds(status.Modified));
        }

        return Marshal.GetLastPInvokeError() is Enoent or Enotdir ? null : throw Failed(path);
    }

    /// <summary>The names in a directory, sorted by their bytes.</summary>
    public static List<string> Names(string folder)
    {
        nint directory;
        fixed (byte* name = Terminated(folder)) directory = opendir(name);
        if (directory == 0) throw Failed(folder);
        List<byte[]> names = [];
        try
        {
            for (var entry = readdir(directory); entry is not null; entry = readdir(directory))
            {
                var name = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(entry + NameOffset);
                if (!name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8)) names.Add(name.ToArray());
            }
        }
        finally
        {
            _ = closedir(directory);
        }

        names.Sort((one, other) => one.AsSpan().SequenceCompareTo(other));
        return names.ConvertAll(name => PathText.Decode(name));
    }

    /// <summary>A regular file that is read. One that is something else by now is refused.</summary>
    /// <param name="follow">What a symlink there leads to.</param>
    public static SafeFileHandle OpenRead(string path, bool follow = false) => Open(path, follow ? ReadFlags & ~NotALink : ReadFlags);

    /// <summary>A file that was not there, for its owner alone.</summary>
    public static SafeFileHandle Create(string path) => Open(path, NewFileFlags);

    public static void MakeFolder(string path)
    {
        fixed (byte* name = Terminated(path)) Check(mkdir(name, NewFolder), path);
    }

    /// <summary>With what is missing of the way to it.</summary>
    public static void MakeFolders(string path)
    {
        if (IsFolder(path)) return;
        if (Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(path)) is { Length: > 0 } above) MakeFolders(above);
        if (!IsFolder(path)) MakeFolder(path);
    }

    /// <summary>Absolute, without <c>.</c> and <c>..</c>. The folder that we are in may have any bytes too.</summary>
    public static string FullPath(string path) => Path.GetFullPath(path.StartsWith('/') ? path : ReadLink("/proc/self/cwd") + "/" + path);

    /// <summary>The last part of the full path.</summary>
    public static string NameOf(string path) => Path.GetFileName(Path.TrimEndingDirectorySeparator(FullPath(path)));

    public static void MakeSymlink(string path, string target)
    {
        fixed (byte* name = Terminated(path), content = Terminated(target)) Check(symlink(content, name), path);
    }

    /// <returns>False where the file system makes no such link.</returns>
    public static bool TryLink(string from, string path)
    {
        fixed (byte* old = Terminated(from), name = Terminated(path)) return linkat(AtCurrentFolder, old, AtCurrentFolder, name, 0) == 0;
    }

    public static string ReadLink(string path)
    {
        var target = stackalloc byte[PathBuffer];
        nint length;
        fixed (byte* name = Terminated(path)) length = readlink(name, target, PathBuffer);
        return length < 0 ? throw Failed(path) : PathText.Decode(new ReadOnlySpan<byte>(target, (int)length));
    }

    /// <summary>Replaces what is there.</summary>
    public static void Rename(string from, string path)
    {
        fixed (byte* old = Terminated(from), name = Terminated(path)) Check(rename(old, name), path);
    }

    public static void Remove(string path)
    {
        fixed (byte* name = Terminated(path))
        {
            if (unlink(name) != 0 && Marshal.GetLastPInvokeError() != Enoent) throw Failed(path);
        }
    }

    /// <summary>Of a directory that we made or met, not of a link.</summary>
    public static void Close(string folder, int mode, DateTimeOffset modified)
    {
        var seconds = modified.ToUnixTimeSeconds();
        var times = stackalloc long[4] { seconds, 0, seconds, 0 };
        fixed (byte* name = Terminated(folder))
        {
            Check(utimensat(AtCurrentFolder, name, times, NoFollow), folder);
            Check(chmod(name, (uint)mode), folder);
        }
    }

    /// <summary>Where the next data begins at or after an offset; null when only a hole is left. A file system that does not know of holes says: here.</summary>
    public static long? NextData(SafeFileHandle file, long offset)
    {
        var found = lseek(file, offset, SeekData);
        if (found >= 0) return found;
        return Marshal.GetLastPInvokeError() == Enxio ? null : offset;
    }

    public static long NextHole(SafeFileHandle file, long offset, long size)
    {
        var found = lseek(file, offset, SeekHole);
        return found > offset ? Math.Min(found, size) : size;
    }

    private static SafeFileHandle Open(string path, int flags)
    {
        int number;
        fixed (byte* name = Terminated(path)) number = open(name, flags, OwnerOnly);
        return number < 0 ? throw Failed(path) : new SafeFileHandle(number, ownsHandle: true);
    }

    private static byte[] Terminated(string path) => [.. PathText.Encode(path), 0];

    private static void Check(int result, string path)
    {
        if (result != 0) throw Failed(path);
    }

    private static IOException Failed(string path)
    {
        var errno = Marshal.GetLastPInvokeError();
        return new IOException($"{path}: {Marshal.GetPInvokeErrorMessage(errno)} (errno {errno}).");
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int statx(int folder, byte* path, int flags, uint mask, Status* answer);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint opendir(byte* path);

    [LibraryImport("libc", SetLastError = true)]
    private static partial byte* readdir(nint directory);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int closedir(nint directory);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int open(byte* path, int flags, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int mkdir(byte* path, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int symlink(byte* target, byte* path);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int linkat(int fromFolder, byte* from, int toFolder, byte* to, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint readlink(byte* path, byte* target, nint size);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int rename(byte* from, byte* to);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int unlink(byte* path);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int utimensat(int folder, byte* path, long* times, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int chmod(byte* path, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial long lseek(SafeFileHandle file, long offset, int whence);

    // struct statx: the same on every architecture.
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct Status
    {
        [FieldOffset(16)]
        public uint Links;

        [FieldOffset(28)]
        public ushort Mode;

        [FieldOffset(32)]
        public ulong Inode;

        [FieldOffset(40)]
        public ulong Size;

        [FieldOffset(112)]
        public long Modified;

        [FieldOffset(136)]
        public uint Major;

        [FieldOffset(140)]
        public uint Minor;
    }
}
