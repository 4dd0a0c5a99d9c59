using Atoll.Agent.Files.Native;
using Atoll.Agent.Files.Reading;
using Atoll.Agent.Protocol.Wire;

namespace Atoll.Agent.Files.Changing;

/// <summary>Makes directories. Those that are there already keep their mode and owner; a symlink to a directory counts as one on the way.</summary>
internal static class DirectoryMaker
{
    private const uint DefaultMode = 0x1ED; // 0755

    public static Entry Run(byte[] path, bool parents, uint? mode, Ownership? owner, Accounts accounts)
    {
        if (path is [(byte)'/'])
        {
            FileFailure.Check(parents ? 0 : Errno.Exists, path);
            return Entries.Stat(path, followSymlink: true, accounts);
        }

        if (parents) MakeParents(path, owner ?? Ownership.Root);
        using var place = Location.Of(path);
        if (TryMake(place.Directory, place.Name, path, mode ?? DefaultMode, owner ?? Ownership.Root)) return Entries.At(place, accounts);
        FileFailure.Check(FileCalls.Status(place.Directory, place.Name, follow: true, out var status), path);
        FileFailure.Check(parents && status.IsDirectory ? 0 : Errno.Exists, path);
        return Entries.At(place, accounts);
    }

    public static void MakeParents(ReadOnlySpan<byte> path, Ownership owner)
    {
        var at = FileCalls.Open(Descriptor.None, "/"u8, OpenFlags.DirectoryPath, 0, out var errno) ?? throw FileFailure.Of(errno, "/"u8);
        try
        {
            var done = 1;
            while (path[done..].IndexOf((byte)'/') is > 0 and var length)
            {
                var name = path.Slice(done, length);
                done += length + 1;
                var so = path[..(done - 1)];
                if (!name.SequenceEqual(".."u8)) TryMake(at, name, so, DefaultMode, owner);
                var next = FileCalls.Open(at, name, OpenFlags.DirectoryPath, 0, out errno) ?? throw FileFailure.Of(errno, so);
                at.Dispose();
                at = next;
            }
        }
        finally
        {
            at.Dispose();
        }
    }

    /// <returns>False when something of that name is there.</returns>
    public static bool TryMake(Descriptor at, ReadOnlySpan<byte> name, ReadOnlySpan<byte> path, uint mode, Ownership owner)
    {
        var errno = FileCalls.MakeDirectory(at, name, 0x1C0);
        if (errno == Errno.Exists) return false;
        FileFailure.Check(errno, path);

        // Through a descriptor: a symlink put in its place now must not get the owner and mode.
        using var made = FileCalls.Open(at, name, OpenFlags.DirectoryRead, 0, out errno) ?? throw FileFailure.Of(errno, path);
        FileFailure.Check(FileCalls.ChangeOwner(made, owner), path);
        FileFailure.Check(FileCalls.ChangeMode(made, mode), path);
        return true;
    }
}
