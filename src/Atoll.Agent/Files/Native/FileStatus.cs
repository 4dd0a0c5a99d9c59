using System.Runtime.InteropServices;

namespace Atoll.Agent.Files.Native;

/// <summary>The kernel's struct statx: the same on every architecture.</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal struct FileStatus
{
    [FieldOffset(16)]
    public uint Links;

    [FieldOffset(20)]
    public uint Uid;

    [FieldOffset(24)]
    public uint Gid;

    [FieldOffset(28)]
    public ushort RawMode;

    [FieldOffset(32)]
    public ulong Inode;

    [FieldOffset(40)]
    public ulong Size;

    [FieldOffset(64)]
    public FileTime Accessed;

    [FieldOffset(96)]
    public FileTime Changed;

    [FieldOffset(112)]
    public FileTime Modified;

    [FieldOffset(136)]
    public uint DeviceMajor;

    [FieldOffset(140)]
    public uint DeviceMinor;

    public readonly FileType Type => (FileType)(RawMode & 0xF000);

    /// <summary>Permission bits, 0 to 07777.</summary>
    public readonly uint Mode => RawMode & 0xFFFu;

    public readonly bool IsDirectory => Type == FileType.Directory;

    public readonly bool IsSame(in FileStatus other) =>
        Inode == other.Inode && DeviceMajor == other.DeviceMajor && DeviceMinor == other.DeviceMinor;
}
