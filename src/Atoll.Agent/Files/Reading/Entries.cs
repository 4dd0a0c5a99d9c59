using Atoll.Agent.Files.Native;
using Atoll.Agent.Protocol.Wire;
using Google.Protobuf;

namespace Atoll.Agent.Files.Reading;

/// <summary>Describes what is there.</summary>
internal static class Entries
{
    public static Entry Stat(byte[] path, bool followSymlink, Accounts accounts)
    {
        FileFailure.Check(FileCalls.Status(Descriptor.None, path, followSymlink, out var status), path);
        return Describe(Descriptor.None, path, path, status, accounts);
    }

    /// <summary>What is at a location now.</summary>
    public static Entry At(Location place, Accounts accounts)
    {
        FileFailure.Check(FileCalls.Status(place.Directory, place.Name, follow: false, out var status), place.Path);
        return Describe(place.Directory, place.Name, place.Path, status, accounts);
    }

    public static Entry Describe(Descriptor at, ReadOnlySpan<byte> name, byte[] path, in FileStatus status, Accounts accounts)
    {
        var entry = new Entry
        {
            Path = UnsafeByteOperations.UnsafeWrap(path),
            Kind = KindOf(status.Type),
            Size = status.Size,
            Mode = status.Mode,
            Uid = status.Uid,
            Gid = status.Gid,
            User = accounts.UserName(status.Uid),
            Group = accounts.GroupName(status.Gid),
            ModifiedUnixNanoseconds = status.Modified.UnixNanoseconds,
            AccessedUnixNanoseconds = status.Accessed.UnixNanoseconds,
            ChangedUnixNanoseconds = status.Changed.UnixNanoseconds,
        };
        if (status.Type == FileType.Symlink && FileCalls.ReadLink(at, name, out _) is { } target) entry.SymlinkTarget = UnsafeByteOperations.UnsafeWrap(target);
        return entry;
    }

    private static EntryKind KindOf(FileType type) => type switch
    {
        FileType.Directory => EntryKind.Directory,
        FileType.Symlink => EntryKind.Symlink,
        FileType.Fifo => EntryKind.Fifo,
        FileType.Socket => EntryKind.Socket,
        FileType.CharacterDevice => EntryKind.CharacterDevice,
        FileType.BlockDevice => EntryKind.BlockDevice,
        _ => EntryKind.File,
    };
}
