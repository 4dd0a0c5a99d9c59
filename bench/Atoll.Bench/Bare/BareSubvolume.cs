using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Atoll.Bench.Bare;

/// <summary>A subvolume of the pool with files of its own, and bare snapshots of it: the ioctl alone, which returns when the snapshot is committed. Disposing it frees all of them.</summary>
internal sealed partial class BareSubvolume : IDisposable
{
    // include/uapi/linux/btrfs.h. btrfs_ioctl_vol_args_v2: descriptor 8, transaction 8, flags 8, 32 reserved, name 4040; btrfs_ioctl_vol_args: descriptor 8, name 4088.
    private const uint SnapshotCreate = 0x5000_9417;
    private const uint SubvolumeCreate = 0x5000_9418;
    private const uint SubvolumeDestroy = 0x5000_940f;
    private const int ArgumentBytes = 4096;
    private const int FlagsOffset = 16;
    private const int LongNameOffset = 56;
    private const ulong ReadOnly = 1 << 1;
    private readonly string _path;
    private readonly SafeFileHandle _folder;
    private readonly SafeFileHandle _subvolume;

    public BareSubvolume(string path)
    {
        _path = path;
        _folder = Open(Path.GetDirectoryName(path)!);
        Call(_folder, SubvolumeCreate, Path.GetFileName(path), LongNameOffset);
        _subvolume = Open(path);
    }

    public void Fill(int files)
    {
        for (var number = 0; number < files; number++) File.WriteAllText(Path.Combine(_path, $"file{number}"), $"file {number}\n");
    }

    /// <summary>Milliseconds of one read-only snapshot after one file was written, as the file system has it. It is removed again, which is not counted.</summary>
    public double Snapshot(string content)
    {
        const string Name = "snapshot";
        File.WriteAllText(Path.Combine(_path, "changed"), content);
        var started = Stopwatch.GetTimestamp();
        Call(_folder, SnapshotCreate, Name, LongNameOffset, _subvolume, ReadOnly);
        var took = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        Call(_folder, SubvolumeDestroy, Name, sizeof(long));
        return took;
    }

    public void Dispose()
    {
        _subvolume.Dispose();
        Call(_folder, SubvolumeDestroy, Path.GetFileName(_path), sizeof(long));
        _folder.Dispose();
    }

    private static unsafe void Call(SafeFileHandle folder, uint request, string name, int nameOffset, SafeFileHandle? source = null, ulong flags = 0)
    {
        var arguments = stackalloc byte[ArgumentBytes];
        var whole = new Span<byte>(arguments, ArgumentBytes);
        whole.Clear();
        if (source is not null) *(long*)arguments = source.DangerousGetHandle();
        if (flags != 0) *(ulong*)(arguments + FlagsOffset) = flags;
        Encoding.UTF8.GetBytes(name, whole[nameOffset..^1]);
        if (Control((int)folder.DangerousGetHandle(), request, arguments) < 0) throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    private static SafeFileHandle Open(string folder)
    {
        const int DirectoryOnly = 0x1_0000 | 0x8_0000;
        var descriptor = OpenFolder(folder, DirectoryOnly);
        return descriptor < 0 ? throw new Win32Exception(Marshal.GetLastPInvokeError()) : new SafeFileHandle(descriptor, ownsHandle: true);
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int OpenFolder(string path, int flags);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static unsafe partial int Control(int descriptor, nuint request, byte* arguments);
}
