using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Atoll.Machine.Native;

/// <summary>
/// Looks at a tree that nobody trusts and nobody changes: what stands under a path and what a directory holds. No link is ever followed and no way leads out:
/// openat2(2) with RESOLVE_NO_SYMLINKS | RESOLVE_BENEATH | RESOLVE_NO_XDEV. Paths are relative, their bytes as characters (Latin-1), the root is empty.
/// </summary>
internal sealed unsafe partial class TreeView : IDisposable
{
    private const long SysOpenAt2 = 437;
    private const int EmptyPath = 0x1000;
    private const uint BasicStats = 0x7ff;
    private const ulong PathOnly = 0x200000;
    private const ulong CloseOnExec = 0x80000;
    private const ulong NoCrossing = 0x01 | 0x02 | 0x04 | 0x08;
    private const int NotADirectory = 20;
    private const int TooManyLinks = 40;
    private const int NameTooLong = 36;
    private const int EntryBuffer = 32 * 1024;
    private const int EntryHeader = 19;
    private static readonly bool Arm = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;
    private readonly SafeFileHandle _root;
    private readonly string _path;

    public TreeView(string path) => (_root, _path) = (FileCall.Open(path), path);

    private static ulong OpenDirectory => Arm ? 0x4000u : 0x10000u;

    private static ulong OpenNoFollow => Arm ? 0x8000u : 0x20000u;

    private static long SysGetEntries => Arm ? 61 : 217;

    /// <summary>What stands there, or null.</summary>
    public TreeEntry? Look(string path)
    {
        using var handle = Open(path, PathOnly | OpenNoFollow);
        if (handle is null) return null;
        var stat = stackalloc byte[256];
        if (StatX(handle, "", EmptyPath, BasicStats, stat) < 0) throw SyscallException.Last("statx", _path);
        var mode = *(ushort*)(stat + 28);
        return new TreeEntry(
            mode, *(uint*)(stat + 20), *(uint*)(stat + 24), *(uint*)(stat + 16), *(ulong*)(stat + 32), *(long*)(stat + 40), (*(long*)(stat + 112), *(uint*)(stat + 120)), (*(long*)(stat + 96), *(uint*)(stat + 104)));
    }

    /// <summary>Names in a directory, none for what is no directory.</summary>
    public List<string> List(string path)
    {
        List<string> names = [];
        using var handle = path.Length == 0 ? Open(".", OpenDirectory) : Open(path, OpenDirectory | OpenNoFollow);
        if (handle is null) return names;
        var buffer = new byte[EntryBuffer];
        fixed (byte* start = buffer)
        {
            long count;
            while ((count = GetEntries(SysGetEntries, handle, start, EntryBuffer)) > 0)
            {
                // struct linux_dirent64: inode, offset, length of the record, type, name and its NUL.
                for (long at = 0; at < count; at += *(ushort*)(start + at + 16))
                {
                    var name = Encoding.Latin1.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(start + at + EntryHeader));
                    if (name is not ("." or "..")) names.Add(name);
                }
            }

            if (count < 0) throw SyscallException.Last("getdents64", _path);
        }

        return names;
    }

    public void Dispose() => _root.Dispose();

    private SafeFileHandle? Open(string path, ulong flags)
    {
        var bytes = new byte[path.Length + 2];
        var length = Encoding.Latin1.GetBytes(path.Length == 0 ? "." : path, bytes);
        bytes[length] = 0;
        var how = stackalloc ulong[3] { flags | CloseOnExec, 0, NoCrossing };
        fixed (byte* name = bytes)
        {
            var descriptor = OpenAt2(SysOpenAt2, (int)_root.DangerousGetHandle(), name, how, 24);
            if (descriptor >= 0) return new SafeFileHandle((nint)descriptor, ownsHandle: true);
        }

        // A link on the way is not a way: nothing stands under such a path.
        return Marshal.GetLastPInvokeError() is Errno.NoEntry or NotADirectory or TooManyLinks or NameTooLong ? null : throw SyscallException.Last("openat2", _path);
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long OpenAt2(long number, int directory, byte* name, ulong* how, nuint size);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatX(SafeFileHandle directory, string name, int flags, uint mask, byte* stat);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long GetEntries(long number, SafeFileHandle directory, byte* buffer, nuint size);
}
