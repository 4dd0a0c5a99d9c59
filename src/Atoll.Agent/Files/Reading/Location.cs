using Atoll.Agent.Files.Native;
using Atoll.Agent.Protocol.Wire;

namespace Atoll.Agent.Files.Reading;

/// <summary>
/// A name in a directory that is held open: what is done to it cannot be led elsewhere by something on its path being swapped meanwhile.
/// </summary>
internal sealed class Location(Descriptor directory, byte[] name, byte[] path) : IDisposable
{
    /// <summary>As many as the kernel follows.</summary>
    private const int MaxSymlinks = 40;

    public Descriptor Directory { get; } = directory;

    public byte[] Name { get; } = name;

    /// <summary>For messages and answers.</summary>
    public byte[] Path { get; } = path;

    /// <summary>Opens the directory that holds a path's last name; symlinks on the way there are followed, as everywhere.</summary>
    public static Location Of(byte[] path)
    {
        var name = GuestPath.Name(path);
        if (name.IsEmpty || name.SequenceEqual(".."u8))
        {
            throw new FileFailure(FailureCode.InvalidPath, $"{GuestPath.Display(path)} does not end in a name that could be made, moved or removed");
        }

        return new Location(OpenParent(Descriptor.None, path), name.ToArray(), path);
    }

    /// <summary>
    /// Where a write to the path goes: through symlinks in its last name too, as open(2) goes, so that a link keeps pointing where it did
    /// and its target, existing or not, gets the content.
    /// </summary>
    public static Location Behind(byte[] path)
    {
        var place = Of(path);
        for (var links = 0; FileCalls.ReadLink(place.Directory, place.Name, out _) is { } target; links++)
        {
            using var link = place;
            FileFailure.Check(links == MaxSymlinks ? Errno.Loop : 0, path);
            place = link.Follow(target);
        }

        return place;
    }

    /// <summary>The status of the name itself, or null when there is none.</summary>
    public FileStatus? Status()
    {
        var errno = FileCalls.Status(Directory, Name, follow: false, out var status);
        if (errno == Errno.NotFound) return null;
        FileFailure.Check(errno, Path);
        return status;
    }

    public void Dispose() => Directory.Dispose();

    private Location Follow(byte[] target)
    {
        var end = target.AsSpan().TrimEnd((byte)'/');
        var name = GuestPath.Name(end);
        FileFailure.Check(name.IsEmpty || name.SequenceEqual("."u8) || name.SequenceEqual(".."u8) ? Errno.IsADirectory : 0, Path);
        var full = target[0] == (byte)'/' ? end.ToArray() : GuestPath.Join(GuestPath.Parent(Path), end);
        return new Location(OpenParent(Directory, end), name.ToArray(), full);
    }

    private static Descriptor OpenParent(Descriptor at, ReadOnlySpan<byte> path)
    {
        var parent = path.Contains((byte)'/') ? GuestPath.Parent(path) : "."u8;
        return FileCalls.Open(at, parent, OpenFlags.DirectoryPath, 0, out var errno) ?? throw FileFailure.Of(errno, parent is [(byte)'.'] ? path : parent);
    }
}
