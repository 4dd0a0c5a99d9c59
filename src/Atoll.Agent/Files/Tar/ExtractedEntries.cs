using Atoll.Agent.Files.Changing;
using Atoll.Agent.Files.Native;
using Atoll.Agent.Files.Reading;

namespace Atoll.Agent.Files.Tar;

/// <summary>Makes the entries of an archive that have no content. What is there under the name gives way, unless it is a directory.</summary>
internal static class ExtractedEntries
{
    /// <summary>A directory that is there, also behind a symlink that stays inside, keeps its content, owner and mode.</summary>
    public static void MakeDirectory(ExtractRoot root, byte[] name, uint mode, Ownership owner)
    {
        if (name.Length == 0 || root.HasDirectory(name)) return;
        using var place = root.Find(name);
        Clear(place);
        FileFailure.Check(DirectoryMaker.TryMake(place.Directory, place.Name, place.Path, mode, owner) ? 0 : Errno.Exists, place.Path);
    }

    public static void MakeSymlink(ExtractRoot root, byte[] name, byte[] target, Ownership owner)
    {
        using var place = root.Find(name);
        root.Forget();
        Clear(place);
        FileFailure.Check(FileCalls.MakeSymlink(target, place.Directory, place.Name), place.Path);
        FileFailure.Check(FileCalls.ChangeOwner(place.Directory, place.Name, owner), place.Path);
    }

    /// <summary>To a file that is below the root already; to a symlink, to the link itself.</summary>
    public static void MakeLink(ExtractRoot root, byte[] name, byte[] existing)
    {
        using var from = root.Find(existing);
        if (from.Status() is not { } status) throw new FormatException("a hard link's target is not there");
        if (status.IsDirectory) throw new FormatException("a hard link's target is a directory");
        using var place = root.Find(name);
        if (place.Status() is { } old && old.IsSame(status)) return;
        Clear(place);
        FileFailure.Check(FileCalls.Link(from.Directory, from.Name, place.Directory, place.Name), place.Path);
    }

    public static void MakeFifo(ExtractRoot root, byte[] name, uint mode, Ownership owner)
    {
        using var place = root.Find(name);
        Clear(place);
        FileFailure.Check(FileCalls.MakeFifo(place.Directory, place.Name, 0x180), place.Path);
        FileFailure.Check(FileCalls.ChangeOwner(place.Directory, place.Name, owner), place.Path);
        FileFailure.Check(FileCalls.ChangeMode(place.Directory, place.Name, mode, follow: false), place.Path);
    }

    private static void Clear(Location place)
    {
        var errno = FileCalls.Remove(place.Directory, place.Name, directory: false);
        if (errno != Errno.NotFound) FileFailure.Check(errno, place.Path);
    }
}
