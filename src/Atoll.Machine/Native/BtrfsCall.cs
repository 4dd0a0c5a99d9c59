using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Atoll.Machine.Native;

/// <summary>btrfs by ioctl (include/uapi/linux/btrfs.h): a spawned <c>btrfs</c> costs 5-10 ms, the snapshot itself 2-5.</summary>
internal static unsafe class BtrfsCall
{
    public const ulong QuotaFull = 1;
    public const ulong QuotaSimple = 4;

    private const byte Type = 0x94;
    private const int ArgumentBytes = 4096;
    private const int NameOffset = 56;
    private const int FlagsOffset = 16;
    private const int InheritSizeOffset = 24;
    private const int InheritPointerOffset = 32;
    private const int InheritBytes = 72;
    private const ulong InheritLimits = 1 << 2;
    private const ulong SubvolumeReadOnly = 1 << 1;
    private const ulong NoFileData = 1;
    private const int SendBytes = 72;
    private const ulong LimitExclusive = 1 << 1;
    private const int SubvolumeInfoBytes = 504;
    private const int FilesystemInfoBytes = 1024;
    private const int UuidBytes = 16;
    private static readonly nuint SnapshotCreate = DeviceControl.Write(Type, 23, ArgumentBytes);
    private static readonly nuint SubvolumeCreate = DeviceControl.Write(Type, 24, ArgumentBytes);
    private static readonly nuint SubvolumeDestroy = DeviceControl.Write(Type, 15, ArgumentBytes);
    private static readonly nuint SubvolumeSetFlags = DeviceControl.Write(Type, 26, sizeof(ulong));
    private static readonly nuint SendRequest = DeviceControl.Write(Type, 38, SendBytes);
    private static readonly nuint SubvolumeInfo = DeviceControl.Read(Type, 60, SubvolumeInfoBytes);
    private static readonly nuint FilesystemInfo = DeviceControl.Read(Type, 31, FilesystemInfoBytes);
    private static readonly nuint ResizeRequest = DeviceControl.Write(Type, 3, ArgumentBytes);
    private static readonly nuint QuotaControl = DeviceControl.ReadWrite(Type, 40, 16);
    private static readonly nuint QuotaLimit = DeviceControl.Read(Type, 43, 48);
    private static readonly nuint SetFileFlags = DeviceControl.Write((byte)'f', 2, sizeof(long));
    private static readonly nuint QuotaRescanWait = DeviceControl.Plain(Type, 46);

    /// <summary>What is made in this folder from now on is not compressed: FS_NOCOMP_FL (include/uapi/linux/fs.h).</summary>
    public static void LeaveUncompressed(string folder)
    {
        const int noCompression = 0x400;
        var flags = noCompression;
        using var handle = FileCall.Open(folder);
        DeviceControl.Call(handle, SetFileFlags, &flags, "FS_IOC_SETFLAGS", folder);
    }

    public static void CreateSubvolume(string path)
    {
        var arguments = stackalloc byte[ArgumentBytes];
        Named(arguments, NameOffset, path);
        using var parent = FileCall.Open(Path.GetDirectoryName(path)!);
        DeviceControl.Call(parent, SubvolumeCreate, arguments, "BTRFS_IOC_SUBVOL_CREATE_V2", path);
    }

    /// <summary>
    /// A writable snapshot; with simple quotas its limit is set by the same call, so that there is no moment and no crash between the two. (With full quotas the kernel
    /// puts the source's limits in place of those given.)
    /// Several at once share one transaction's commit, which is most of the cost.
    /// </summary>
    public static void Snapshot(string source, string path, long? limitBytes, bool readOnly = false)
    {
        var arguments = stackalloc byte[ArgumentBytes];
        var inherit = stackalloc byte[InheritBytes];
        new Span<byte>(inherit, InheritBytes).Clear();
        Named(arguments, NameOffset, path);
        using var from = FileCall.Open(source);
        using var parent = FileCall.Open(Path.GetDirectoryName(path)!);
        *(long*)arguments = (long)from.DangerousGetHandle();
        if (readOnly) *(ulong*)(arguments + FlagsOffset) = SubvolumeReadOnly;
        if (limitBytes is { } limit)
        {
            // struct btrfs_qgroup_inherit: flags (1: set limits), three counts, then the limit: flags, max_rfer, max_excl, two reserved.
            *(ulong*)inherit = 1;
            *(ulong*)(inherit + 32) = LimitExclusive;
            *(long*)(inherit + 48) = limit;
            *(ulong*)(arguments + FlagsOffset) |= InheritLimits;
            *(ulong*)(arguments + InheritSizeOffset) = InheritBytes;
            *(byte**)(arguments + InheritPointerOffset) = inherit;
        }

        DeviceControl.Call(parent, SnapshotCreate, arguments, "BTRFS_IOC_SNAP_CREATE_V2", path);
    }

    /// <summary>
    /// Writes out what was written to a subvolume's files and is still in memory, of this subvolume alone, without a commit: what a snapshot would have to do first. There is no call for
    /// it, but the kernel does it for every snapshot before it looks whether the name is free (fs/btrfs/ioctl.c, btrfs_mksnapshot), so one is asked for under a name that is taken.
    /// A kernel that looks first makes this do nothing, and the snapshot take longer.
    /// </summary>
    /// <param name="taken">An existing path of the same filesystem.</param>
    public static void Flush(string subvolume, string taken)
    {
        try
        {
            Snapshot(subvolume, taken, null, readOnly: true);
        }
        catch (SyscallException expected) when (expected.Errno == Errno.Exists)
        {
        }
    }

    /// <summary>
    /// Writes the steps that lead from one read-only subvolume to another, without the contents of files, into a pipe: Documentation/dev/dev-send-stream. Blocks until all is written or
    /// the pipe's reader is gone. What both share is skipped by its generation.
    /// </summary>
    public static void SendSteps(string subvolume, ulong parent, SafeFileHandle pipe) => Send(subvolume, parent, NoFileData, pipe);

    /// <summary>The same with all that is in them.</summary>
    /// <param name="parent">0: from nothing.</param>
    public static void Send(string subvolume, ulong parent, SafeFileHandle pipe) => Send(subvolume, parent, 0, pipe);

    private static void Send(string subvolume, ulong parent, ulong flags, SafeFileHandle pipe)
    {
        var arguments = stackalloc byte[SendBytes];
        new Span<byte>(arguments, SendBytes).Clear();
        *(long*)arguments = (long)pipe.DangerousGetHandle();
        *(ulong*)(arguments + 24) = parent;
        *(ulong*)(arguments + 32) = flags;
        using var handle = FileCall.Open(subvolume);
        DeviceControl.Call(handle, SendRequest, arguments, "BTRFS_IOC_SEND", subvolume);
    }

    /// <summary>Returns at once; the kernel's cleaner gives the space back in the background (seconds, longer under load).</summary>
    public static void DestroySubvolume(string path)
    {
        var arguments = stackalloc byte[ArgumentBytes];
        Named(arguments, sizeof(long), path);
        using var parent = FileCall.Open(Path.GetDirectoryName(path)!);
        DeviceControl.Call(parent, SubvolumeDestroy, arguments, "BTRFS_IOC_SNAP_DESTROY", path);
    }

    public static void SetReadOnly(string subvolume, bool readOnly)
    {
        using var handle = FileCall.Open(subvolume);
        var flags = readOnly ? SubvolumeReadOnly : 0;
        DeviceControl.Call(handle, SubvolumeSetFlags, &flags, "BTRFS_IOC_SUBVOL_SETFLAGS", subvolume);
    }

    public static Subvolume Inspect(string subvolume)
    {
        var info = stackalloc byte[SubvolumeInfoBytes];
        using var handle = FileCall.Open(subvolume);
        DeviceControl.Call(handle, SubvolumeInfo, info, "BTRFS_IOC_GET_SUBVOL_INFO", subvolume);
        return new Subvolume(*(ulong*)info, Uuid(info + 0x128), Uuid(info + 0x138), *(ulong*)(info + 0x158), *(ulong*)(info + 0x160));
    }

    /// <summary>As it is written in <c>/sys/fs/btrfs</c>.</summary>
    public static Guid FilesystemId(string path)
    {
        var info = stackalloc byte[FilesystemInfoBytes];
        using var handle = FileCall.Open(path);
        DeviceControl.Call(handle, FilesystemInfo, info, "BTRFS_IOC_FS_INFO", path);
        return Uuid(info + 16);
    }

    /// <summary>Grows the (only) device's share to all there is of it. Online.</summary>
    public static void GrowToDevice(string path)
    {
        var arguments = stackalloc byte[ArgumentBytes];
        Named(arguments, sizeof(long), "1:max");
        using var handle = FileCall.Open(path);
        DeviceControl.Call(handle, ResizeRequest, arguments, "BTRFS_IOC_RESIZE", path);
    }

    public static void EnableQuota(string path, ulong mode)
    {
        var arguments = stackalloc ulong[2] { mode, 0 };
        using var handle = FileCall.Open(path);
        DeviceControl.Call(handle, QuotaControl, arguments, "BTRFS_IOC_QUOTA_CTL", path);
        if (mode == QuotaFull) DeviceControl.Call(handle, QuotaRescanWait, 0, "BTRFS_IOC_QUOTA_RESCAN_WAIT", path);
    }

    /// <summary>Limits what a subvolume may hold by itself (what it shares with its template is not counted).</summary>
    public static void Limit(string subvolume, long bytes)
    {
        // qgroupid 0 means the qgroup of the subvolume that the handle is in.
        var arguments = stackalloc ulong[6] { 0, LimitExclusive, 0, (ulong)bytes, 0, 0 };
        using var handle = FileCall.Open(subvolume);
        DeviceControl.Call(handle, QuotaLimit, arguments, "BTRFS_IOC_QGROUP_LIMIT", subvolume);
    }

    private static void Named(byte* arguments, int offset, string path)
    {
        var whole = new Span<byte>(arguments, ArgumentBytes);
        whole.Clear();
        Encoding.UTF8.GetBytes(Path.GetFileName(path), whole[offset..^1]);
    }

    private static Guid Uuid(byte* bytes) => new(new ReadOnlySpan<byte>(bytes, UuidBytes), bigEndian: true);

    /// <param name="Id">Also the number of its qgroup, <c>0/id</c>.</param>
    /// <param name="Parent">What it was snapshotted from; empty when nothing.</param>
    /// <param name="Changed">The transaction in which something in it was last changed; a snapshot has its source's.</param>
    /// <param name="Made">The transaction in which it was made: all that its source was by then is in it, and what comes later is of a later transaction.</param>
    public readonly record struct Subvolume(ulong Id, Guid Uuid, Guid Parent, ulong Changed, ulong Made);
}
