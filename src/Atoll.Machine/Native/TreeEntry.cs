namespace Atoll.Machine.Native;

/// <summary>What <see cref="TreeView"/> sees of one path: statx(2).</summary>
internal readonly record struct TreeEntry(ushort Mode, uint User, uint Group, uint Links, ulong Inode, long Size, (long Seconds, uint Nanoseconds) Modified, (long Seconds, uint Nanoseconds) StatusChanged)
{
    private const int TypeMask = 0xF000;

    public bool IsDirectory => (Mode & TypeMask) == 0x4000;

    public bool IsFile => (Mode & TypeMask) == 0x8000;

    public bool IsLink => (Mode & TypeMask) == 0xA000;

    public bool SameType(TreeEntry other) => (Mode & TypeMask) == (other.Mode & TypeMask);
}
