using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Atoll.Machine.Native;

/// <summary>
/// One directory of a tree that nobody trusts, held open; everything below is named by a single component relative to it, and no link is ever followed:
/// openat2(2) with RESOLVE_NO_SYMLINKS | RESOLVE_BENEATH | RESOLVE_NO_XDEV.
/// </summary>
internal sealed partial class RootedDirectory : IDisposable
{
    private const long SysOpenAt2 = 437;
    private const int AtFdCwd = -100;
    private const int NoFollow = 0x100;
    private const int RemoveDirectory = 0x200;
    private const uint StatType = 1;
    private const int NotFound = 2;
    private const ulong PathOnly = 0x200000;
    private const ulong CloseOnExec = 0x80000;
    private const ulong OpenNonBlocking = 0x800;
    private const ulong NoCrossing = 0x01 | 0x02 | 0x04 | 0x08;

    private static readonly bool Arm = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

    private readonly SafeFileHandle _handle;
    private readonly string _path;

    private RootedDirectory(SafeFileHandle handle, string path) => (_handle, _path) = (handle, path);

    // These two differ between architectures (asm/fcntl.h).
    private static ulong OpenDirectory => Arm ? 0x4000u : 0x10000u;

    private static ulong OpenNoFollow => Arm ? 0x8000u : 0x20000u;

    /// <summary>Opens a directory of the host's own, by a path that is trusted up to its last component.</summary>
    public static RootedDirectory OpenRoot(string path) => new(OpenAt(AtFdCwd, path, PathOnly | OpenDirectory | OpenNoFollow, 0, 0), path);

    public RootedDirectory Open(string name) => new(OpenAt(Descriptor, name, PathOnly | OpenDirectory | OpenNoFollow, 0, NoCrossing), $"{_path}/{name}");

    /// <summary>What stands under this name itself, links not followed.</summary>
    public unsafe EntryType TypeOf(string name)
    {
        var stat = stackalloc byte[256];
        if (StatX(_handle, name, NoFollow, StatType, stat) < 0)
        {
            return Marshal.GetLastPInvokeError() == NotFound ? EntryType.Missing : throw SyscallException.Last("statx", $"{_path}/{name}");
        }

        return (*(ushort*)(stat + 28) & 0xF000) switch
        {
            0x4000 => EntryType.Directory,
            0x8000 => EntryType.File,
            _ => EntryType.Other,
        };
    }

    public void MakeDirectory(string name)
    {
        if (MakeDirectoryAt(_handle, name, 0x1ED) < 0) throw SyscallException.Last("mkdirat", $"{_path}/{name}");
    }

    /// <summary>Makes an empty file, mode 0644; whatever has the name already is a failure.</summary>
    public void MakeFile(string name) => OpenAt(Descriptor, name, 0x1 | 0x40 | 0x80 | OpenNoFollow, 0x1A4, NoCrossing).Dispose();

    /// <summary>The same with something in it, mode 0444 unless it may be written.</summary>
    public void MakeFile(string name, ReadOnlySpan<byte> content, bool writable = false)
    {
        using var file = OpenAt(Descriptor, name, 0x1 | 0x40 | 0x80 | OpenNoFollow, writable ? 0x1A4u : 0x124u, NoCrossing);
        RandomAccess.Write(file, content, 0);
    }

    /// <summary>Makes a symbolic link, which nothing here follows.</summary>
    public void MakeLink(string name, string target)
    {
        if (SymbolicLinkAt(target, _handle, name) < 0) throw SyscallException.Last("symlinkat", $"{_path}/{name}");
    }

    public void Append(string name, ReadOnlySpan<byte> content)
    {
        using var file = OpenAt(Descriptor, name, 0x1 | 0x400 | OpenNonBlocking | OpenNoFollow, 0, NoCrossing);
        RandomAccess.Write(file, content, RandomAccess.GetLength(file));
    }

    /// <summary>What is in a file; null when that is more than <paramref name="most"/> bytes.</summary>
    public byte[]? ReadFile(string name, int most)
    {
        using var file = OpenAt(Descriptor, name, OpenNonBlocking | OpenNoFollow, 0, NoCrossing);
        var length = RandomAccess.GetLength(file);
        if (length > most) return null;
        var content = new byte[length];
        var read = 0;
        while (read < content.Length && RandomAccess.Read(file, content.AsSpan(read), read) is > 0 and var more) read += more;
        return content[..read];
    }

    /// <summary>Removes the name itself: a link, a file, or an empty directory.</summary>
    public void Remove(string name, bool directory)
    {
        if (UnlinkAt(_handle, name, directory ? RemoveDirectory : 0) < 0) throw SyscallException.Last("unlinkat", $"{_path}/{name}");
    }

    public void Dispose() => _handle.Dispose();

    private int Descriptor => (int)_handle.DangerousGetHandle();

    private static unsafe SafeFileHandle OpenAt(int directory, string name, ulong flags, ulong mode, ulong resolve)
    {
        var how = stackalloc ulong[3] { flags | CloseOnExec, mode, resolve };
        var descriptor = OpenAt2(SysOpenAt2, directory, name, how, 24);
        return descriptor >= 0 ? new SafeFileHandle((nint)descriptor, ownsHandle: true) : throw SyscallException.Last("openat2", name);
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial long OpenAt2(long number, int directory, string name, ulong* how, nuint size);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int StatX(SafeFileHandle directory, string name, int flags, uint mask, byte* stat);

    [LibraryImport("libc", EntryPoint = "mkdirat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MakeDirectoryAt(SafeFileHandle directory, string name, uint mode);

    [LibraryImport("libc", EntryPoint = "symlinkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SymbolicLinkAt(string target, SafeFileHandle directory, string name);

    [LibraryImport("libc", EntryPoint = "unlinkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int UnlinkAt(SafeFileHandle directory, string name, int flags);

    internal enum EntryType
    {
        Missing,
        Directory,
        File,

        /// <summary>A link, device, FIFO or socket.</summary>
        Other,
    }
}
