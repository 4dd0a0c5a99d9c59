using System.Text;
using Atoll.Agent.Files.Native;
using Atoll.Agent.Files.Reading;
using Atoll.Agent.Files.Tree;

namespace Atoll.Agent.Files.Changing;

/// <summary>
/// Removes entries, by directory descriptors and without following symlinks: whatever is swapped in meanwhile, nothing outside the tree is touched.
/// A tree deeper than the descriptors that one call may hold is folded: what lies too deep is first moved up to the top.
/// </summary>
internal static class Remover
{
    public static void Run(byte[] path, bool recursive, CancellationToken cancellation)
    {
        using var place = Location.Of(path);
        var status = place.Status() ?? throw FileFailure.Of(Errno.NotFound, path);
        Remove(place, status.IsDirectory, recursive, cancellation);
    }

    /// <summary>What is at the location, whatever it is; nothing there is well too.</summary>
    public static void Sweep(Location place)
    {
        if (place.Status() is { } status) Remove(place, status.IsDirectory, recursive: true, CancellationToken.None);
    }

    private static void Remove(Location place, bool directory, bool recursive, CancellationToken cancellation)
    {
        var errno = FileCalls.Remove(place.Directory, place.Name, directory);
        if (errno == Errno.NotFound) return;
        if (errno != Errno.NotEmpty || !recursive)
        {
            FileFailure.Check(errno, place.Path);
            return;
        }

        RemoveTree(place, cancellation);
    }

    private static void RemoveTree(Location place, CancellationToken cancellation)
    {
        while (true)
        {
            using var top = FileCalls.Open(place.Directory, place.Name, OpenFlags.DirectoryRead, 0, out var errno);
            if (errno == Errno.NotFound) return;
            if (top is null) throw FileFailure.Of(errno, place.Path);
            Empty(top, top, place.Path, depth: 1, cancellation);
            errno = FileCalls.Remove(place.Directory, place.Name, directory: true);

            // Not empty again: something was folded up, or is being written there right now. Each round removes what there was, so this ends when the writer does.
            if (errno == Errno.NotEmpty) continue;
            if (errno != Errno.NotFound) FileFailure.Check(errno, place.Path);
            return;
        }
    }

    private static void Empty(Descriptor directory, Descriptor top, byte[] path, int depth, CancellationToken cancellation)
    {
        // The reader has its own descriptor and closes it; this one is still needed for what it names.
        var own = FileCalls.Open(directory, "."u8, OpenFlags.DirectoryRead, 0, out var errno);
        if (errno == Errno.NotFound) return;
        using var reader = new DirectoryReader(own ?? throw FileFailure.Of(errno, path), path);
        while (reader.Next() is { } name)
        {
            cancellation.ThrowIfCancellationRequested();
            errno = FileCalls.Remove(directory, name, directory: false);
            if (errno is Errno.IsADirectory or Errno.NotPermitted) errno = RemoveDirectory(directory, name, top, path, depth, cancellation);
            if (errno != Errno.NotFound) FileFailure.Check(errno, GuestPath.Join(path, name));
        }
    }

    /// <returns>0 also when it is left for another round.</returns>
    private static int RemoveDirectory(Descriptor at, byte[] name, Descriptor top, byte[] path, int depth, CancellationToken cancellation)
    {
        var errno = FileCalls.Remove(at, name, directory: true);
        if (errno != Errno.NotEmpty) return errno;
        if (depth == TreeWalk.MaxDepth)
        {
            return FileCalls.Rename(at, name, top, Encoding.ASCII.GetBytes($".atoll-{Random.Shared.NextInt64():x16}.removing"), replace: false);
        }

        using (var child = FileCalls.Open(at, name, OpenFlags.DirectoryRead, 0, out errno))
        {
            // Swapped for something else meanwhile: the next round meets it again.
            if (errno is Errno.NotADirectory or Errno.Loop) return 0;
            if (child is null) return errno;
            Empty(child, top, GuestPath.Join(path, name), depth + 1, cancellation);
        }

        errno = FileCalls.Remove(at, name, directory: true);
        return errno is Errno.NotEmpty or Errno.NotADirectory ? 0 : errno;
    }
}
