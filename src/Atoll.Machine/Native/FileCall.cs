using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Atoll.Machine.Native;

/// <summary>File system calls that .NET has no form of: directories as handles, rename over a symlink, sync of one filesystem, advisory locks.</summary>
internal static unsafe partial class FileCall
{
    private const int ReadOnly = 0;
    private const int ReadWrite = 2;
    private const int Create = 0x40;
    private const int Exclusive = 0x80;
    private const int CloseOnExec = 0x80000;
    private const uint OwnerOnly = 0x180;
    private const uint RenameExchange = 2;
    private const int LockExclusive = 2;
    private const int LockShared = 1;
    private const int LockNoWait = 4;
    private const int CurrentDirectory = -100;
    private const int NoFollow = 0x100;
    private const uint BasicStats = 0x7ff;
    private const uint BirthTime = 0x800;
    private const int BirthOffset = 80;
    private const int StatxBytes = 256;
    private const int StatxBlocksOffset = 48;
    private const int StatxBlockBytes = 512;
    private const int StatxSizeOffset = 40;
    private const int StatxChangedOffset = 96;

    /// <summary>A directory (or file, or device), for ioctl, fsync and syncfs.</summary>
    public static SafeFileHandle Open(string path, bool write = false)
    {
        var handle = open(path, (write ? ReadWrite : ReadOnly) | CloseOnExec, 0);
        return handle.IsInvalid ? throw Failed("open", path, handle) : handle;
    }

    /// <summary>A file of our own to lock. .NET's own way of opening takes a lock by itself, which would be in the way.</summary>
    public static SafeFileHandle OpenOrCreate(string path)
    {
        var handle = open(path, ReadWrite | Create | CloseOnExec, OwnerOnly);
        return handle.IsInvalid ? throw Failed("open", path, handle) : handle;
    }

    public static void Sync(string path)
    {
        using var handle = Open(path);
        if (fsync(handle) != 0) throw SyscallException.Last("fsync", path);
    }

    /// <summary>
    /// A new file of our own that is written past the page cache, O_DIRECT: what has been written is with the device, and only what the filesystem notes about it is left to be synced.
    /// Quick where nothing is to be copied, compressed or summed up: <see cref="WriteInPlace"/>.
    /// </summary>
    public static SafeFileHandle CreateDirect(string path)
    {
        // It differs between architectures (asm/fcntl.h).
        var direct = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x10000 : 0x4000;
        var handle = open(path, ReadWrite | Create | Exclusive | CloseOnExec | direct, OwnerOnly);
        return handle.IsInvalid ? throw Failed("open", path, handle) : handle;
    }

    /// <summary>Files made in this folder from now on are neither compressed, nor have they checksums, nor are they copied when they are written: chattr +C of btrfs. Elsewhere nothing happens.</summary>
    public static void WriteInPlace(string folder)
    {
        const int flagBytes = sizeof(long);
        const uint noCopy = 0x0080_0000;

        // A folder has it from the one it is in. It follows from the other flag, cannot be said beside it, and has to go in a step of its own.
        const uint noCompression = 0x400;
        using var handle = Open(folder);
        try
        {
            var flags = stackalloc long[1];
            DeviceControl.Call(handle, DeviceControl.Read((byte)'f', 1, flagBytes), flags, "FS_IOC_GETFLAGS", folder);
            *(uint*)flags &= ~noCompression;
            DeviceControl.Call(handle, DeviceControl.Write((byte)'f', 2, flagBytes), flags, "FS_IOC_SETFLAGS", folder);
            *(uint*)flags |= noCopy;
            DeviceControl.Call(handle, DeviceControl.Write((byte)'f', 2, flagBytes), flags, "FS_IOC_SETFLAGS", folder);
        }
        catch (SyscallException refused) when (refused.Errno is Errno.NotForThis or Errno.NotSupported or Errno.Invalid)
        {
            // Another kind of filesystem.
        }
    }

    /// <summary>Writes out everything of the filesystem that <paramref name="path"/> is on.</summary>
    public static void SyncFilesystem(string path)
    {
        using var handle = Open(path);
        if (syncfs(handle) != 0) throw SyscallException.Last("syncfs", path);
    }

    /// <summary>rename(2) as it is: atomic, replaces a file or symlink, never follows it.</summary>
    public static void Rename(string from, string to)
    {
        if (rename(from, to) != 0) throw SyscallException.Last("rename", from);
    }

    /// <summary>Two paths of one filesystem change places in one step: renameat2(2), RENAME_EXCHANGE.</summary>
    public static void Exchange(string one, string other)
    {
        if (renameat2(CurrentDirectory, one, CurrentDirectory, other, RenameExchange) != 0) throw SyscallException.Last("renameat2", one);
    }

    /// <summary>Gives a file all the room of its first <paramref name="bytes"/>, so that no later write to them finds the disk full. What is there stays.</summary>
    public static void Allocate(string path, long bytes)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        if (fallocate(file, 0, 0, bytes) != 0) throw SyscallException.Last("fallocate", path);
    }

    /// <summary>What a file takes on its filesystem, holes not counted.</summary>
    public static long AllocatedBytes(string path)
    {
        var stats = stackalloc byte[StatxBytes];
        if (statx(CurrentDirectory, path, NoFollow, BasicStats, stats) != 0) throw SyscallException.Last("statx", path);
        return BinaryPrimitives.ReadInt64LittleEndian(new ReadOnlySpan<byte>(stats + StatxBlocksOffset, sizeof(long))) * StatxBlockBytes;
    }

    /// <summary>A file's length and when it or its attributes last changed, which nobody can set back. Text that differs when either does.</summary>
    public static string StampOf(string path)
    {
        var stats = stackalloc byte[StatxBytes];
        if (statx(CurrentDirectory, path, NoFollow, BasicStats, stats) != 0) throw SyscallException.Last("statx", path);
        var all = new ReadOnlySpan<byte>(stats, StatxBytes);
        var changed = all[StatxChangedOffset..];
        return string.Create(CultureInfo.InvariantCulture,
            $"{BinaryPrimitives.ReadInt64LittleEndian(all[StatxSizeOffset..])} {BinaryPrimitives.ReadInt64LittleEndian(changed)}.{BinaryPrimitives.ReadUInt32LittleEndian(changed[sizeof(long)..])}");
    }

    /// <summary>Which file it is, its length and when its content last changed: the same for all its links, however many there are.</summary>
    public static string IdentityOf(string path)
    {
        const int inodeOffset = 32, modifiedOffset = 112;
        var stats = stackalloc byte[StatxBytes];
        if (statx(CurrentDirectory, path, NoFollow, BasicStats, stats) != 0) throw SyscallException.Last("statx", path);
        var all = new ReadOnlySpan<byte>(stats, StatxBytes);
        var modified = all[modifiedOffset..];
        return string.Create(CultureInfo.InvariantCulture,
            $"{BinaryPrimitives.ReadInt64LittleEndian(all[inodeOffset..])} {BinaryPrimitives.ReadInt64LittleEndian(all[StatxSizeOffset..])} {BinaryPrimitives.ReadInt64LittleEndian(modified)}.{BinaryPrimitives.ReadUInt32LittleEndian(modified[sizeof(long)..])}");
    }

    /// <summary>When the inode was made, where the filesystem keeps that; null where it does not.</summary>
    public static (long Seconds, uint Nanoseconds)? BornAt(string path)
    {
        var stats = stackalloc byte[StatxBytes];
        if (statx(CurrentDirectory, path, NoFollow, BirthTime, stats) != 0) throw SyscallException.Last("statx", path);
        var (seconds, nanoseconds) = (*(long*)(stats + BirthOffset), *(uint*)(stats + BirthOffset + sizeof(long)));
        return (*(uint*)stats & BirthTime) != 0 && (seconds, nanoseconds) != (0, 0) ? (seconds, nanoseconds) : null;
    }

    /// <summary>Locks without waiting; false when another holder is in the way. Freed when the handle is closed, so also by kill -9.</summary>
    public static bool TryLock(SafeFileHandle file, string path, bool exclusive)
    {
        if (flock(file, (exclusive ? LockExclusive : LockShared) | LockNoWait) == 0) return true;
        return Marshal.GetLastPInvokeError() == Errno.TryAgain ? false : throw SyscallException.Last("flock", path);
    }

    private static SyscallException Failed(string call, string path, SafeFileHandle handle)
    {
        var failure = SyscallException.Last(call, path);
        handle.Dispose();
        return failure;
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle open(string path, int flags, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fsync(SafeFileHandle file);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int syncfs(SafeFileHandle file);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fallocate(SafeFileHandle file, int mode, long offset, long length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int flock(SafeFileHandle file, int operation);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int rename(string from, string to);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int renameat2(int fromDirectory, string from, int toDirectory, string to, uint flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int directory, string path, int flags, uint mask, byte* stats);
}
