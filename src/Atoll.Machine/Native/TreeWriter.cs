using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Atoll.Machine.Native;

/// <summary>
/// Changes a tree that nobody trusts and nobody else changes meanwhile. No link is ever followed and no way leads out: the directory that a path ends in is opened by openat2(2) with RESOLVE_BENEATH |
/// RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV, and the last name is only used where the call does not follow it. Paths are the kernel's bytes, relative to the root, without
/// <c>.</c>, <c>..</c> and empty names; the root itself is the empty path. Keeps the last directory and the last written file open. One flow.
/// </summary>
internal sealed unsafe partial class TreeWriter : IDisposable
{
    public const uint Fifo = 0x1000;
    public const uint Character = 0x2000;
    public const uint Socket = 0xC000;
    private const long SysOpenAt2 = 437;
    private const int NoFollow = 0x100;
    private const int EmptyPath = 0x1000;
    private const int RemoveDirectoryFlag = 0x200;
    private const uint StatType = 1;
    private const uint TypeMask = 0xF000;
    private const uint LinkType = 0xA000;
    private const ulong PathOnly = 0x200000;
    private const ulong CloseOnExec = 0x80000;
    private const ulong WriteOnly = 1;
    private const ulong NonBlocking = 0x800;
    private const ulong CreateNew = 0x40 | 0x80;
    private const ulong Beneath = 0x01 | 0x02 | 0x04 | 0x08;
    private const uint Private = 0x180;
    private const uint PrivateDirectory = 0x1C0;
    private const int PunchHole = 0x02 | 0x01;
    private static readonly nuint CloneRange = DeviceControl.Write(0x94, 13, 32);
    private static readonly bool Arm = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;
    private readonly SafeFileHandle _root;
    private byte[] _parentPath = [];
    private SafeFileHandle? _parent;
    private byte[] _filePath = [];
    private SafeFileHandle? _file;

    /// <param name="root">A directory of the host's own.</param>
    public TreeWriter(string root) => _root = FileCall.Open(root);

    // These two differ between architectures (asm/fcntl.h).
    private static ulong DirectoryOnly => Arm ? 0x4000u : 0x10000u;

    private static ulong NoFollowFlag => Arm ? 0x8000u : 0x20000u;

    public void MakeFile(ReadOnlySpan<byte> path)
    {
        var parent = Parent(path, out var name);
        using var made = Open(parent, name, path, WriteOnly | CreateNew | NoFollowFlag, Private);
    }

    public void MakeDirectory(ReadOnlySpan<byte> path)
    {
        var parent = Parent(path, out var name);
        fixed (byte* last = Terminated(name)) Check(MakeDirectoryAt(parent, last, PrivateDirectory), "mkdirat", path);
    }

    /// <param name="type">One of the constants here.</param>
    public void MakeNode(ReadOnlySpan<byte> path, uint type, ulong device)
    {
        var parent = Parent(path, out var name);
        fixed (byte* last = Terminated(name)) Check(MakeNodeAt(parent, last, type | Private, device), "mknodat", path);
    }

    /// <summary>A symbolic link, whose target is text to everybody here.</summary>
    public void MakeLink(ReadOnlySpan<byte> path, ReadOnlySpan<byte> target)
    {
        var parent = Parent(path, out var name);
        fixed (byte* text = Terminated(target), last = Terminated(name)) Check(MakeLinkAt(text, parent, last), "symlinkat", path);
    }

    /// <summary>Another name for what <paramref name="existing"/> names.</summary>
    public void Link(ReadOnlySpan<byte> existing, ReadOnlySpan<byte> path)
    {
        using var from = OpenParent(existing, out var name);
        var parent = Parent(path, out var newName);
        fixed (byte* old = Terminated(name), last = Terminated(newName)) Check(LinkAt(from, old, parent, last, 0), "linkat", path);
    }

    public void Rename(ReadOnlySpan<byte> path, ReadOnlySpan<byte> to)
    {
        Forget();
        using var from = OpenParent(path, out var name);
        using var parent = OpenParent(to, out var newName);
        fixed (byte* old = Terminated(name), last = Terminated(newName)) Check(RenameAt(from, old, parent, last), "renameat", path);
    }

    public void Remove(ReadOnlySpan<byte> path, bool directory)
    {
        Forget();
        var parent = Parent(path, out var name);
        fixed (byte* last = Terminated(name)) Check(UnlinkAt(parent, last, directory ? RemoveDirectoryFlag : 0), "unlinkat", path);
    }

    /// <summary>Data of a regular file; zeros become a hole.</summary>
    public void Write(ReadOnlySpan<byte> path, long offset, ReadOnlySpan<byte> data)
    {
        var file = FileAt(path);
        if (data.ContainsAnyExcept((byte)0))
        {
            while (data.Length > 0)
            {
                nint count;
                fixed (byte* bytes = data) count = WriteAt(file, bytes, (nuint)data.Length, offset);
                if (count < 0) throw SyscallException.Last("pwrite", Text(path));
                data = data[(int)count..];
                offset += count;
            }

            return;
        }

        if (RandomAccess.GetLength(file) > offset) Check(Allocate(file, PunchHole, offset, data.Length), "fallocate", path);
        if (RandomAccess.GetLength(file) < offset + data.Length) Check(ChangeLength(file, offset + data.Length), "ftruncate", path);
    }

    /// <summary>What one file of the tree holds, in another or at another place, shared on disk: ioctl_ficlonerange(2).</summary>
    public void Clone(ReadOnlySpan<byte> from, long fromOffset, ReadOnlySpan<byte> path, long offset, long length)
    {
        using var source = Open(from, NonBlocking | NoFollowFlag);
        var file = FileAt(path);
        var range = stackalloc long[4] { source.DangerousGetHandle(), fromOffset, length, offset };
        DeviceControl.Call(file, CloneRange, range, "FICLONERANGE", Text(path));
    }

    public void Truncate(ReadOnlySpan<byte> path, long length) => Check(ChangeLength(FileAt(path), length), "ftruncate", path);

    /// <summary>Of anything but a symbolic link, which has none.</summary>
    public void ChangeMode(ReadOnlySpan<byte> path, ulong mode)
    {
        using var entry = Open(path, PathOnly | NoFollowFlag);
        var stat = stackalloc byte[256];
        fixed (byte* none = "\0"u8) Check(StatX(entry, none, EmptyPath, StatType, stat), "statx", path);
        if ((*(ushort*)(stat + 28) & TypeMask) == LinkType) throw new SyscallException("chmod", Text(path), Errno.NotSupported);
        fixed (byte* self = SelfPath(entry, "\0")) Check(ChangeModeOf(self, (uint)(mode & 0xFFF)), "chmod", path);
    }

    public void ChangeOwner(ReadOnlySpan<byte> path, uint user, uint group)
    {
        using var entry = Open(path, PathOnly | NoFollowFlag);
        fixed (byte* none = "\0"u8) Check(ChangeOwnerAt(entry, none, user, group, EmptyPath), "fchownat", path);
    }

    public void SetTimes(ReadOnlySpan<byte> path, (long Seconds, long Nanoseconds) access, (long Seconds, long Nanoseconds) modified)
    {
        var times = stackalloc long[4] { access.Seconds, access.Nanoseconds, modified.Seconds, modified.Nanoseconds };
        var parent = path.Length == 0 ? _root : Parent(path, out _);
        fixed (byte* last = Terminated(path.Length == 0 ? "."u8 : path[(path.LastIndexOf((byte)'/') + 1)..])) Check(SetTimesAt(parent, last, times, NoFollow), "utimensat", path);
    }

    public void SetAttribute(ReadOnlySpan<byte> path, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        fixed (byte* entry = EntryPath(path), key = Terminated(name), data = value) Check(SetXattr(entry, key, data, (nuint)value.Length, 0), "lsetxattr", path);
    }

    public void RemoveAttribute(ReadOnlySpan<byte> path, ReadOnlySpan<byte> name)
    {
        fixed (byte* entry = EntryPath(path), key = Terminated(name)) Check(RemoveXattr(entry, key), "lremovexattr", path);
    }

    public void Dispose()
    {
        Forget();
        _root.Dispose();
    }

    /// <summary>What is kept open may be elsewhere afterwards, or gone.</summary>
    private void Forget()
    {
        _parent?.Dispose();
        _file?.Dispose();
        (_parent, _parentPath, _file, _filePath) = (null, [], null, []);
    }

    /// <summary>A regular file, to write: anything else cannot be opened so (a FIFO without a reader, a socket, a directory, a link, a device on a <c>nodev</c> mount).</summary>
    private SafeFileHandle FileAt(ReadOnlySpan<byte> path)
    {
        if (_file is not null && path.SequenceEqual(_filePath)) return _file;
        _file?.Dispose();
        (_file, _filePath) = (null, []);
        _file = Open(path, WriteOnly | NonBlocking | NoFollowFlag);
        _filePath = path.ToArray();
        return _file;
    }

    private SafeFileHandle Parent(ReadOnlySpan<byte> path, out ReadOnlySpan<byte> name)
    {
        var cut = path.LastIndexOf((byte)'/');
        name = path[(cut + 1)..];
        if (cut < 0) return _root;
        var folder = path[..cut];
        if (_parent is not null && folder.SequenceEqual(_parentPath)) return _parent;
        _parent?.Dispose();
        (_parent, _parentPath) = (null, []);
        _parent = Open(folder, PathOnly | DirectoryOnly | NoFollowFlag);
        _parentPath = folder.ToArray();
        return _parent;
    }

    /// <summary>The same, for the caller to close.</summary>
    private SafeFileHandle OpenParent(ReadOnlySpan<byte> path, out ReadOnlySpan<byte> name)
    {
        var cut = path.LastIndexOf((byte)'/');
        name = path[(cut + 1)..];
        return Open(cut < 0 ? default : path[..cut], PathOnly | DirectoryOnly | NoFollowFlag);
    }

    private SafeFileHandle Open(ReadOnlySpan<byte> path, ulong flags) => Open(_root, path.Length == 0 ? "."u8 : path, path, flags, 0);

    private static SafeFileHandle Open(SafeFileHandle directory, ReadOnlySpan<byte> name, ReadOnlySpan<byte> path, ulong flags, ulong mode)
    {
        var how = stackalloc ulong[3] { flags | CloseOnExec, mode, Beneath };
        fixed (byte* terminated = Terminated(name))
        {
            var descriptor = OpenAt2(SysOpenAt2, directory, terminated, how, 24);
            return descriptor >= 0 ? new SafeFileHandle((nint)descriptor, ownsHandle: true) : throw SyscallException.Last("openat2", Text(path));
        }
    }

    /// <summary>A path of the host for calls that have no form by descriptor: its directory by the descriptor that is open, and a last name that the call does not follow.</summary>
    private byte[] EntryPath(ReadOnlySpan<byte> path)
    {
        if (path.Length == 0) return SelfPath(_root, "/.\0");
        var parent = Parent(path, out var name);
        return [.. Encoding.ASCII.GetBytes($"/proc/self/fd/{parent.DangerousGetHandle()}/"), .. name, 0];
    }

    private static byte[] SelfPath(SafeFileHandle entry, string rest) => Encoding.ASCII.GetBytes($"/proc/self/fd/{entry.DangerousGetHandle()}{rest}");

    private static byte[] Terminated(ReadOnlySpan<byte> name) => [.. name, 0];

    private static string Text(ReadOnlySpan<byte> path) => Encoding.Latin1.GetString(path[..Math.Min(path.Length, 200)]);

    private static void Check(int answer, string call, ReadOnlySpan<byte> path)
    {
        if (answer < 0) throw SyscallException.Last(call, Text(path));
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long OpenAt2(long number, SafeFileHandle directory, byte* name, ulong* how, nuint size);

    [LibraryImport("libc", EntryPoint = "mkdirat", SetLastError = true)]
    private static partial int MakeDirectoryAt(SafeFileHandle directory, byte* name, uint mode);

    [LibraryImport("libc", EntryPoint = "mknodat", SetLastError = true)]
    private static partial int MakeNodeAt(SafeFileHandle directory, byte* name, uint mode, ulong device);

    [LibraryImport("libc", EntryPoint = "symlinkat", SetLastError = true)]
    private static partial int MakeLinkAt(byte* target, SafeFileHandle directory, byte* name);

    [LibraryImport("libc", EntryPoint = "linkat", SetLastError = true)]
    private static partial int LinkAt(SafeFileHandle from, byte* existing, SafeFileHandle to, byte* name, int flags);

    [LibraryImport("libc", EntryPoint = "renameat", SetLastError = true)]
    private static partial int RenameAt(SafeFileHandle from, byte* name, SafeFileHandle to, byte* newName);

    [LibraryImport("libc", EntryPoint = "unlinkat", SetLastError = true)]
    private static partial int UnlinkAt(SafeFileHandle directory, byte* name, int flags);

    [LibraryImport("libc", EntryPoint = "pwrite", SetLastError = true)]
    private static partial nint WriteAt(SafeFileHandle file, byte* data, nuint count, long offset);

    [LibraryImport("libc", EntryPoint = "fallocate", SetLastError = true)]
    private static partial int Allocate(SafeFileHandle file, int mode, long offset, long length);

    [LibraryImport("libc", EntryPoint = "ftruncate", SetLastError = true)]
    private static partial int ChangeLength(SafeFileHandle file, long length);

    [LibraryImport("libc", EntryPoint = "chmod", SetLastError = true)]
    private static partial int ChangeModeOf(byte* path, uint mode);

    [LibraryImport("libc", EntryPoint = "fchownat", SetLastError = true)]
    private static partial int ChangeOwnerAt(SafeFileHandle directory, byte* name, uint user, uint group, int flags);

    [LibraryImport("libc", EntryPoint = "utimensat", SetLastError = true)]
    private static partial int SetTimesAt(SafeFileHandle directory, byte* name, long* times, int flags);

    [LibraryImport("libc", EntryPoint = "lsetxattr", SetLastError = true)]
    private static partial int SetXattr(byte* path, byte* name, byte* value, nuint size, int flags);

    [LibraryImport("libc", EntryPoint = "lremovexattr", SetLastError = true)]
    private static partial int RemoveXattr(byte* path, byte* name);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true)]
    private static partial int StatX(SafeFileHandle directory, byte* name, int flags, uint mask, byte* stat);
}
